"""Redraws of grids: a file handed in, what it would do, confirmed for its day; afterwards, what moved."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from procrastinate.exceptions import AlreadyEnqueued

from gongzhi.coordinates import SYSTEMS, UnknownSystemError, read_system
from gongzhi.desk import words
from gongzhi.desk.missing import grid_names
from gongzhi.desk.spreadsheet import listed, spreadsheet, streamed
from gongzhi.org.roles import Role
from gongzhi.places import redraws
from gongzhi.places.models import Redraw
from gongzhi.places.redrawing import MOST_BYTES, Changes, NotADrawingError
from gongzhi.places.tasks import redraws_take_effect
from gongzhi.registry.regridding import businesses_in
from gongzhi.visits.queries import waiting_by_grid

_LATEST = 20
_SHOWN = 200
_TONES = {"draft": "warn", "planned": "info", "effective": "good", "dropped": "rest"}
_EXPORTED_AT_ONCE = 5_000


@require_http_methods(["GET", "HEAD", "POST"])
def redraw_list(request: Any) -> HttpResponse:
    """The form, and the redraws of late."""
    _only_city(request)
    if request.method == "POST":
        return _take(request)
    return _form(request, {"since": request.moment.today.isoformat(), "system": "WGS-84"}, {})


@require_safe
def redraws_export(request: Any) -> HttpResponse:
    """Every redraw there ever was, latest first, as a workbook."""
    _only_city(request)
    found = streamed(Redraw.objects.order_by("-id"))
    return listed(_("网格调整"), _COLUMNS, map(_row, found), day=request.moment.today)


@require_safe
def redraw(request: Any, redraw_id: int) -> HttpResponse:
    """What a redraw would do, or what it did."""
    one = _redraw(request, redraw_id)
    changes = list(redraws.rehearse(one).changes) if one.state in {"draft", "planned"} else []
    touched = sorted(code for change in changes for code in change.touched)
    businesses, visits = businesses_in(touched), waiting_by_grid(touched)
    begun = [code for change in changes for code in change.begins]
    unmanned = redraws.without_officers(begun, one.valid_from) if begun else []
    context = {
        "redraw": one,
        "state": (_states()[one.state], _TONES[one.state]),
        "facts": _facts(one, changes, businesses, visits),
        "villages": [_village(change, businesses, visits) for change in changes[:_SHOWN]],
        "hidden": max(0, len(changes) - _SHOWN),
        "columns": _VILLAGES,
        "unmanned": _new_names(one, unmanned[:_SHOWN]),
        "left_out": [words.place(change.village) for change in changes if change.left_out > 0.01],
        "decide": one.state == "draft" and one.valid_from >= request.moment.today,
        "droppable": one.state in {"draft", "planned"},
        "export_url": reverse("redraw_export", args=[one.pk]) if one.state == "effective" else "",
    }
    return render(request, "desk/redraw.html", context)


@require_POST
def redraw_decide(request: Any, redraw_id: int) -> HttpResponse:
    """Confirm a draft for its day, or drop what is not in force yet."""
    one = _redraw(request, redraw_id)
    try:
        if request.POST.get("decision") == "confirm":
            one = redraws.confirm(one.pk, acting=request.acting, moment=request.moment)
            _begin(one, request.moment)
            messages.success(request, _confirmed(one, request.moment.today))
        else:
            redraws.drop(one.pk, acting=request.acting)
            messages.success(request, _("已作废，网格没有改动。"))
    except redraws.DecidedAlreadyError as error:
        messages.warning(
            request, _("此项已是“%(state)s”，您的操作没有写入。") % {"state": _states()[error.state]}
        )
    except NotADrawingError as error:
        messages.error(request, _said(error)[0])
    return HttpResponseRedirect(reverse("redraw", args=[one.pk]))


@require_safe
def redraw_export(request: Any, redraw_id: int) -> HttpResponse:
    """Everything that moved, whole, as a workbook."""
    one = _redraw(request, redraw_id)
    if one.state != "effective":
        raise Http404
    kinds = {"business": _("市场主体"), "visit": _("走访")}
    names: dict[str, str] = {}
    heads = [_("类别"), _("编号"), _("原网格代码"), _("原网格"), _("现网格代码"), _("现网格")]

    def lines() -> Iterator[list[Any]]:
        after = 0
        while rows := redraws.moved(one.pk, after=after, size=_EXPORTED_AT_ONCE):
            new = {code for row in rows for code in (row.before, row.after)} - names.keys()
            names.update({code: words.place(code) for code in new} | grid_names(sorted(new)))
            for row in rows:
                yield [
                    kinds[row.kind],
                    row.number,
                    row.before,
                    names[row.before],
                    row.after,
                    names[row.after],
                ]
            after = rows[-1].pk

    return spreadsheet(_("网格调整移转清单"), heads, lines(), day=one.valid_from)


def _only_city(request: Any) -> None:
    if request.acting.role is not Role.CITY_OFFICE:
        raise PermissionDenied


def _redraw(request: Any, redraw_id: int) -> Redraw:
    _only_city(request)
    one = Redraw.objects.filter(pk=redraw_id).first()
    if one is None:
        raise Http404
    return one


def _begin(one: Redraw, moment: Any) -> None:
    """What holds from today on is put in force at once by the worker, not in ten minutes."""
    if one.valid_from <= moment.today:
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            redraws_take_effect.defer(timestamp=int(moment.at.timestamp()))


def _confirmed(one: Redraw, today: date) -> str:
    if one.valid_from <= today:
        return _("已确认，后台正在移转；片刻后刷新本页可看结果。")
    return _("已确认，到 %(day)s 自动生效。") % {"day": one.valid_from.isoformat()}


def _take(request: Any) -> HttpResponse:
    values = {"since": request.POST.get("since", ""), "system": request.POST.get("system", "")}
    given = request.FILES.get("file")
    errors: dict[str, Any] = {}
    try:
        since = date.fromisoformat(values["since"])
    except ValueError:
        since = None
        errors["since"] = _("请填写日期，如 2026-09-21")
    try:
        system = read_system(values["system"])
    except UnknownSystemError:
        system = None
        errors["system"] = _("请选择坐标系")
    if given is None:
        errors["file"] = _("请选择文件")
    elif given.size > MOST_BYTES:
        errors["file"] = _("文件超过 %(most)s MB。") % {"most": MOST_BYTES // 1024**2}
    if errors or given is None or since is None or system is None:
        return _form(request, values, errors, status=422)
    try:
        with transaction.atomic():
            one = redraws.hand_in(
                given.name,
                given.read(),
                valid_from=since,
                acting=request.acting,
                moment=request.moment,
                system=system,
            )
    except NotADrawingError as error:
        return _form(request, values, {"file": _said(error)}, status=422)
    return HttpResponseRedirect(reverse("redraw", args=[one.pk]))


def _said(error: NotADrawingError) -> list[str]:
    """The problems in the reader's language: each is written in both."""
    return [
        words.Bilingual(*problem.split(" / ", 1)).said if problem.count(" / ") == 1 else problem
        for problem in error.problems
    ]


def _form(request: Any, values: dict[str, str], errors: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {
        "fields": _FIELDS,
        "values": values,
        "errors": errors,
        "columns": _COLUMNS,
        "rows": [_row(one) for one in Redraw.objects.order_by("-id")[:_LATEST]],
    }
    return render(request, "desk/redraws.html", context, status=status)


def _row(one: Redraw) -> dict[str, Any]:
    return {
        "url": reverse("redraw", args=[one.pk]),
        "name": one.file_name,
        "since": one.valid_from,
        "by": one.handed_in_by,
        "state": (_states()[one.state], _TONES[one.state]),
    }


def _states() -> dict[str, str]:
    return {
        "draft": _("待确认"),
        "planned": _("待生效"),
        "effective": _("已生效"),
        "dropped": _("已作废"),
    }


def _facts(
    one: Redraw, changes: list[Changes], businesses: dict[str, int], visits: dict[str, int]
) -> list[tuple[Any, ...]]:
    facts: list[tuple[Any, ...]] = [
        (_("生效日"), one.valid_from, "day"),
        (_("提交人"), one.handed_in_by),
    ]
    if one.decided_by:
        facts.append((_("由谁决定"), one.decided_by))
    if one.state == "effective":
        spoken = (
            ("begun", _("新增网格")),
            ("ended", _("终止网格")),
            ("changed", _("改界网格")),
            ("business", _("移转的市场主体")),
            ("visit", _("移转的走访")),
        )
        facts += [(label, one.counts.get(key, 0), "number") for key, label in spoken]
        facts.append((_("实际生效"), one.effective_at, "moment"))
    elif one.state != "dropped":
        facts += [
            (_("新增网格"), sum(len(change.begins) for change in changes), "number"),
            (_("终止网格"), sum(len(change.ends) for change in changes), "number"),
            (_("改界网格"), sum(len(change.changed) for change in changes), "number"),
            (_("所涉市场主体"), sum(businesses.values()), "number"),
            (_("所涉在办走访"), sum(visits.values()), "number"),
        ]
    return facts


def _new_names(one: Redraw, codes: Sequence[str]) -> list[str]:
    named = dict(one.grids.filter(code__in=codes).values_list("code", "name"))
    return [f"{words.place(code[:12])} · {named[code]}" for code in codes]


def _village(change: Changes, businesses: dict[str, int], visits: dict[str, int]) -> dict[str, Any]:
    def listed(codes: tuple[str, ...]) -> str:
        return _("、").join(code[12:] for code in codes) or "—"

    sure = [code for code in change.touched if code in change.becomes]
    return {
        "village": words.place(change.village),
        "begins": listed(change.begins),
        "ends": listed(change.ends),
        "changed": listed(change.changed),
        "whole": _("、").join(f"{code[12:]} → {change.becomes[code][12:]}" for code in sorted(sure)) or "—",
        "businesses": sum(businesses.get(code, 0) for code in change.touched),
        "visits": sum(visits.get(code, 0) for code in change.touched),
    }


_FIELDS = (
    {
        "name": "file",
        "zh": "新网格文件",
        "en": "File of the new grids",
        "kind": "file",
        "accept": ".csv,.csv.gz,.gz",
        "hint_zh": "CSV 或 CSV.GZ，列 grid_code、village_code、name、polygon_wkt；"
        "写到的村（社区）换用新网格，其余不变。",
        "hint_en": "CSV or CSV.GZ with the columns grid_code, village_code, name, polygon_wkt; the villages in it get"
        " these grids, all others keep theirs.",
    },
    {"name": "since", "zh": "生效日", "en": "In force from", "kind": "date"},
    {
        "name": "system",
        "zh": "边界的坐标系",
        "en": "Coordinate system of the borders",
        "kind": "select",
        "choices": [{"code": one.code, "zh": one.zh, "en": one.en} for one in SYSTEMS],
    },
)
_COLUMNS = (
    {"key": "name", "label": gettext_noop("文件"), "kind": "link"},
    {"key": "since", "label": "生效日", "kind": "day"},
    {"key": "by", "label": "提交人", "kind": "text"},
    {"key": "state", "label": "状态", "kind": "status"},
)
_VILLAGES = (
    {"key": "village", "label": "村（社区）", "kind": "text"},
    {"key": "begins", "label": "新增网格", "kind": "text"},
    {"key": "ends", "label": "终止网格", "kind": "text"},
    {"key": "changed", "label": "改界网格", "kind": "text"},
    {"key": "whole", "label": gettext_noop("整格并入"), "kind": "text"},
    {"key": "businesses", "label": "所涉市场主体", "kind": "number"},
    {"key": "visits", "label": "所涉在办走访", "kind": "number"},
)
