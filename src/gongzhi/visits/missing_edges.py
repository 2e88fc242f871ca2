"""An address that exists and that the library lacks: reported, added by whoever keeps the library, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongzhi.coordinates import SYSTEMS, UnreadablePointError, read_point, read_system
from gongzhi.flow.graph import CaseView, Choice, Clock, Edge, Field, Form
from gongzhi.org.roles import Role
from gongzhi.visits import forms
from gongzhi.visits.states import PLACERS, TO_ASSIGN, TO_VISIT

NO_SYSTEM = "填了坐标，请写明是哪个坐标系。"
NO_POINT = "坐标无法识别，请核对坐标和坐标系。"

_REPORT = Form(
    fields=(
        Field(
            name="address",
            zh="实际地址",
            en="The address as it is",
            max_length=300,
            hint_zh="按门牌填写：镇街、村（社区）、道路、门牌号。",
            hint_en="As on the door: town, village, road and number.",
        ),
        Field(
            name="reason",
            zh="为什么库中没有",
            en="Why it is missing",
            kind="choice",
            reasons="missing_address",
        ),
        Field(
            name="point",
            zh="坐标",
            en="Coordinates",
            required=False,
            max_length=80,
            hint_zh="可不填。从地图复制，如 113.75, 23.02。",
            hint_en="Optional. As copied from a map, e.g. 113.75, 23.02.",
        ),
        Field(
            name="system",
            zh="坐标系",
            en="Coordinate system",
            kind="choice",
            required=False,
            choices=tuple(Choice(code=one.code, zh=one.zh, en=one.en) for one in SYSTEMS),
            hint_zh="填了坐标就要写明。",
            hint_en="Needed where coordinates are given.",
        ),
        forms.WORDS,
    )
)
_ENTERED = Field(
    name="address",
    zh="入库地址",
    en="Address as it enters the library",
    required=False,
    max_length=300,
    hint_zh="不填则按申报的地址入库。",
    hint_en="Left empty, the address enters as it was reported.",
)
_REFUSAL = Form(
    fields=(
        Field(
            name="reason",
            zh="不补录的理由",
            en="Why it is not added",
            kind="choice",
            reasons="address_refused",
        ),
        forms.WORDS,
    )
)


def point_is_stated(_case: CaseView, form: Mapping[str, Any]) -> str | None:
    """Coordinates are worth something only with their system, and only where they are a point of it."""
    said = form.get("point")
    if not said:
        return None
    if not form.get("system"):
        return NO_SYSTEM
    try:
        read_point(str(said), read_system(str(form["system"])))
    except UnreadablePointError:
        return NO_POINT
    return None


def reporting(source: str, target: str, who: frozenset[Role], clock: Clock) -> Edge:
    """Somebody knows that the address exists and the library does not."""
    return Edge(
        action="report_missing",
        source=source,
        target=target,
        zh="库中无此地址，申请补录",
        en="Missing from the library",
        who=who,
        clock=clock,
        form=_REPORT,
    )


def adding(source: str, clock: Clock, refused_to: str, clock_refused: Clock) -> tuple[Edge, ...]:
    """Whoever keeps the library adds the address, and the visit goes to its place; or says why not."""
    return (
        Edge(
            action="add_in_grid",
            source=source,
            target=TO_VISIT,
            zh="补录到网格",
            en="Add it in a grid",
            who=PLACERS,
            clock=clock,
            form=Form(fields=(Field(name="area", zh="网格", en="Grid", kind="grid"), _ENTERED, forms.WORDS)),
        ),
        Edge(
            action="add_in_village",
            source=source,
            target=TO_ASSIGN,
            zh="补录到村（社区）",
            en="Add it in a village",
            who=PLACERS,
            clock=clock,
            form=Form(
                fields=(
                    Field(name="area", zh="村（社区）", en="Village", kind="village"),
                    _ENTERED,
                    forms.WORDS,
                )
            ),
        ),
        Edge(
            action="refuse_address",
            source=source,
            target=refused_to,
            zh="不予补录",
            en="Not added",
            who=PLACERS,
            clock=clock_refused,
            form=_REFUSAL,
        ),
    )
