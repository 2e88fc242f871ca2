"""Addresses that the library lacks, as the queue shows them: what was reported, and where that may lie, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.coordinates import UnknownSystemError, UnreadablePointError, read_point, read_system
from gongzhi.desk import words
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.org.models import Grid
from gongzhi.places.queries import grid_map, placer

_LEAST = 0.01


def reported(report: Mapping[str, Any]) -> str:
    """Who says that the address exists, and how it is written on the door."""
    said = _("%(by)s 申报：%(address)s") % {"by": report["by"], "address": report.get("address", "")}
    return f"{said} · {report['words']}" if report.get("words") else said


def options(
    reports: Mapping[int, Mapping[str, Any]], *, acting: Acting, moment: Moment
) -> dict[int, list[dict[str, Any]]]:
    """For each report the places to choose from: the grid of its point first, then what the address itself says."""
    if not reports:
        return {}
    ids = list(reports)
    grids = grid_map(moment.today)
    points = [_point(reports[case_id]) for case_id in ids]
    at_points = grids.locate([point[0] for point in points], [point[1] for point in points])
    found = placer(moment.today).place_many([str(reports[case_id].get("address", "")) for case_id in ids])
    made: dict[int, list[dict[str, Any]]] = {}
    for case_id, at_point, placed in zip(ids, at_points, found, strict=True):
        likely = [(placed.area, placed.confidence)] if placed.placed else []
        likely += [
            (one.village, one.score) for one in placed.candidates if not placed.area.startswith(one.village)
        ]
        lines = [{"value": at_point, "detail": _("坐标所在网格"), "confidence": None}] if at_point else []
        lines += [{"value": code, "detail": _("按地址匹配"), "confidence": score} for code, score in likely]
        made[case_id] = [
            {**line, "label": words.place(line["value"])}
            for line in _once(lines)
            if line["value"].startswith(acting.area)
            and (line["confidence"] is None or line["confidence"] >= _LEAST)
        ]
    return made


def _once(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({line["value"]: line for line in reversed(lines)}.values())[::-1]


def _point(report: Mapping[str, Any]) -> tuple[float | None, float | None]:
    try:
        point = read_point(str(report["point"]), read_system(str(report["system"])))
    except (KeyError, UnknownSystemError, UnreadablePointError):
        return None, None
    return point.lon, point.lat


def grid_names(codes: Sequence[str], on: date | None = None) -> dict[str, str]:
    """What grids are called, those of former days among them: the latest name of each code, or that of a day."""
    rows = Grid.objects.filter(code__in=codes).order_by("valid_from")
    if on is not None:
        rows = rows.filter(valid_from__lte=on)
    named = rows.values_list("code", "name")
    return {code: f"{words.place(code[:12])} · {name}" for code, name in named}
