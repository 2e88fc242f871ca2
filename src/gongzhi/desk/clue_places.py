"""Where an operator was seen: by a picked grid, the telephone's position, a typed address, or near whoever says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.desk import choices, words
from gongzhi.org.acting import Acting
from gongzhi.org.models import Division
from gongzhi.places.queries import grid_map, placer

LONGEST_ADDRESS = 300
_TOWN, _GRID = 9, 15


@dataclass(frozen=True, slots=True)
class Place:
    """A place as far as it is known. `area` is as long as it can be told, `lon` and `lat` WGS-84 degrees or None.

    `how` says in words what told the area, `doubt` where two tell different things, `others` where else it may lie.
    """

    area: str
    door_key: str = ""
    lon: float | None = None
    lat: float | None = None
    how: str = ""
    doubt: str = ""
    others: tuple[str, ...] = ()


def place_of(given: Mapping[str, str], acting: Acting, moment: Any) -> Place:
    """What was picked counts before the telephone's position, that before the address, that before one's own area."""
    today = moment.today
    lon, lat = _point(given)
    by_point = ""
    if lon is not None and lat is not None:
        (found,) = grid_map(today).locate([lon], [lat])
        by_point = found or ""
    address = given.get("address", "").strip()[:LONGEST_ADDRESS]
    placed = placer(today).place(address) if address else None
    by_address = placed.area if placed and placed.placed else ""
    door_key = placed.door_key if placed else ""
    others = tuple(
        one.village
        for one in (placed.candidates if placed and not placed.placed else ())
        if one.score is None or one.score >= 0.02
    )[:3]
    picked = given.get("area", "")
    doubt = ""
    if by_point and by_address and not by_point.startswith(by_address[:12]):
        doubt = _("手机定位在%(point)s，地址写的是%(address)s，请核对。") % {
            "point": words.place(by_point),
            "address": words.place(by_address),
        }
    if picked and may_be(picked, acting):
        return Place(picked, door_key, lon, lat, _("您选定的位置"), doubt, others)
    if by_point:
        return Place(by_point, door_key, lon, lat, _("手机定位"), doubt, others)
    if by_address:
        return Place(by_address, door_key, lon, lat, _("按地址匹配"), doubt, others)
    likely = placed.area if placed and len(placed.area) >= _TOWN else ""
    if likely and not acting.area.startswith(likely):
        return Place(likely, door_key, lon, lat, _("按地址匹配，村（社区）待定"), doubt, others)
    return Place(acting.area, door_key, lon, lat, _("没有更准的位置，按您的岗位辖区"), doubt, others)


def may_be(area: str, acting: Acting) -> bool:
    """Whether a code is a grid or division of today in the post's town; nobody names places elsewhere by code."""
    near = acting.area[:_TOWN]
    if not area.isdigit() or not area.startswith(near):
        return False
    if len(area) == _GRID:
        return area in choices.grids_below(area)
    return Division.objects.filter(code=area, valid_to__isnull=True).exists()


def area_field(acting: Acting) -> dict[str, Any]:
    """Places to pick from: the grids of the post's town, for a post of the whole city its towns."""
    near = acting.area[:_TOWN]
    codes = (
        choices.grids_below(near)
        if len(near) >= _TOWN
        else choices.divisions_below(near, Division.Level.TOWN)
    )
    own = [code for code in codes if code.startswith(acting.area)]
    rest = [code for code in codes if not code.startswith(acting.area)]
    return {
        "name": "area",
        "zh": "或直接选网格",
        "en": "Or pick the grid",
        "kind": "select",
        "required": False,
        "choices": [(code, words.place(code)) for code in (*own, *rest)],
    }


def _point(given: Mapping[str, str]) -> tuple[float | None, float | None]:
    try:
        lon, lat = float(given.get("lon", "")), float(given.get("lat", ""))
    except ValueError:
        return None, None
    inside = 73 < lon < 136 and 3 < lat < 54
    return (round(lon, 6), round(lat, 6)) if inside else (None, None)
