"""网格走访核实 as a graph: one visit a door, ten days, guide, ten more, the result to the departments.

A visit verifies information and reminds; it is never an inspection and compels nobody (国办发〔2024〕54号). Sources:
the Dongguan case study (10 working days to visit, 10 to return); 东府办〔2017〕74号 art. 22 (4+2 duties). Limits are
dated data (`flow_limit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongzhi.coordinates import SYSTEMS, UnreadablePointError, read_point, read_system
from gongzhi.flow.graph import (
    NEW,
    CaseView,
    Changes,
    Choice,
    Clock,
    Edge,
    Field,
    Form,
    Graph,
    State,
    register,
)
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

NAME = "visits"

TO_PLACE = "to_place"
TO_ASSIGN = "to_assign"
TO_VISIT = "to_visit"
GUIDED = "guided"
ADDRESS_WRONG = "address_wrong"
GRID_WRONG = "grid_wrong"
TO_ADD = "to_add"
ADDRESS_MISSING = "address_missing"
DONE = "done"
PASSED_ON = "passed_on"
NOT_NEEDED = "not_needed"
WITHDRAWN = "withdrawn"

NO_SYSTEM = "填了坐标，请写明是哪个坐标系。"
NO_POINT = "坐标无法识别，请核对坐标和坐标系。"

_SYSTEM = frozenset({Role.SYSTEM})
_OFFICER = frozenset({Role.OFFICER})
_VILLAGE = frozenset({Role.VILLAGE, Role.TOWN_OFFICE})
_PLACER = frozenset({Role.REGISTRAR, Role.TOWN_OFFICE, Role.CITY_OFFICE})

_WORDS = Field(name="words", zh="说明", en="In your words", kind="textarea", required=False, max_length=500)
_TO_GRID = Form(fields=(Field(name="area", zh="网格", en="Grid", kind="grid"), _WORDS))
_WHAT_IS_WRONG = Form(
    fields=(
        Field(name="reason", zh="哪里不对", en="What is wrong", kind="choice", reasons="wrong_address"),
        _WORDS,
    )
)
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
        _WORDS,
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
        _WORDS,
    )
)
_TO_VILLAGE = Form(fields=(Field(name="area", zh="村（社区）", en="Village", kind="village"), _WORDS))

STATES = (
    State(
        name=TO_PLACE,
        zh="待核定地址",
        en="Address to be placed",
        owner=Role.REGISTRAR,
        limit="visit.address_fix",
    ),
    State(
        name=TO_ASSIGN, zh="待派到网格", en="To be given to a grid", owner=Role.VILLAGE, limit="visit.first"
    ),
    State(name=TO_VISIT, zh="待走访", en="To visit", owner=Role.OFFICER, limit="visit.first"),
    State(name=GUIDED, zh="已引导，待回访", en="Guided, to return", owner=Role.OFFICER, limit="visit.return"),
    State(
        name=ADDRESS_WRONG,
        zh="地址有误，待更正",
        en="Wrong address",
        owner=Role.REGISTRAR,
        limit="visit.address_fix",
    ),
    State(
        name=GRID_WRONG, zh="不在本网格，待改派", en="Wrong grid", owner=Role.VILLAGE, limit="visit.grid_fix"
    ),
    State(
        name=TO_ADD,
        zh="待补录地址",
        en="Address to be added first",
        owner=Role.REGISTRAR,
        limit="visit.address_add",
    ),
    State(
        name=ADDRESS_MISSING,
        zh="库中无此地址，待补录",
        en="Address missing from the library",
        owner=Role.REGISTRAR,
        limit="visit.address_add",
    ),
    State(name=DONE, zh="已走访", en="Visited", final=True),
    State(name=PASSED_ON, zh="回访未改正，已转出", en="Not put right, passed on", final=True),
    State(name=NOT_NEEDED, zh="无需走访", en="No visit needed", final=True),
    State(name=WITHDRAWN, zh="已撤回", en="Withdrawn", final=True),
)

MISSING = frozenset({TO_ADD, ADDRESS_MISSING})
"""Where an address waits for whoever keeps the library."""
PLACERS = _PLACER

WAITING = tuple(state.name for state in STATES if not state.final)


def _to_area(_case: CaseView, form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(area=str(form["area"]), holder=0)


def _point_is_stated(_case: CaseView, form: Mapping[str, Any]) -> str | None:
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


def _placing(source: str, clock_in_grid: Clock) -> tuple[Edge, ...]:
    """A person names the grid, or only the village, which then gives it to a grid while the same days run."""
    return (
        Edge(
            action="place_in_grid",
            source=source,
            target=TO_VISIT,
            zh="确定网格",
            en="Name the grid",
            who=_PLACER,
            clock=clock_in_grid,
            form=_TO_GRID,
        ),
        Edge(
            action="place_in_village",
            source=source,
            target=TO_ASSIGN,
            zh="确定村（社区）",
            en="Name the village",
            who=_PLACER,
            clock=clock_in_grid,
            form=_TO_VILLAGE,
        ),
        Edge(
            action="not_found",
            source=source,
            target=DONE,
            zh="查无此址",
            en="No such address",
            who=_PLACER,
            clock=Clock.STOP,
            form=Form(
                fields=(
                    Field(
                        name="words",
                        zh="查找经过",
                        en="What was tried",
                        kind="textarea",
                        max_length=500,
                        hint_zh="写明查找经过；结果会告知登记机关和相关部门。",
                        hint_en="The registrar and the departments will be told.",
                    ),
                )
            ),
        ),
    )


def _reporting(source: str, target: str, who: frozenset[Role], clock: Clock) -> Edge:
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


def _adding(source: str, clock: Clock, refused_to: str, clock_refused: Clock) -> tuple[Edge, ...]:
    """Whoever keeps the library adds the address, and the visit goes to its place; or says why not."""
    return (
        Edge(
            action="add_in_grid",
            source=source,
            target=TO_VISIT,
            zh="补录到网格",
            en="Add it in a grid",
            who=_PLACER,
            clock=clock,
            form=Form(fields=(Field(name="area", zh="网格", en="Grid", kind="grid"), _ENTERED, _WORDS)),
        ),
        Edge(
            action="add_in_village",
            source=source,
            target=TO_ASSIGN,
            zh="补录到村（社区）",
            en="Add it in a village",
            who=_PLACER,
            clock=clock,
            form=Form(
                fields=(Field(name="area", zh="村（社区）", en="Village", kind="village"), _ENTERED, _WORDS)
            ),
        ),
        Edge(
            action="refuse_address",
            source=source,
            target=refused_to,
            zh="不予补录",
            en="Not added",
            who=_PLACER,
            clock=clock_refused,
            form=_REFUSAL,
        ),
    )


def _rematching(source: str, action: str = "rematch", target: str = "") -> Edge:
    """Grids were redrawn: what is open follows, on the day, with the same days left."""
    return Edge(
        action=action,
        source=source,
        target=target or source,
        zh="网格调整，随之移转",
        en="Grids redrawn: moved along",
        who=_SYSTEM,
        clock=Clock.KEEP,
    )


EDGES = (
    Edge(
        action="send",
        source=NEW,
        target=TO_VISIT,
        zh="派到网格",
        en="Send to a grid",
        who=_SYSTEM,
        clock=Clock.START,
    ),
    Edge(
        action="send_to_village",
        source=NEW,
        target=TO_ASSIGN,
        zh="派到村（社区）",
        en="Send to a village",
        who=_SYSTEM,
        clock=Clock.START,
    ),
    Edge(
        action="ask_place",
        source=NEW,
        target=TO_PLACE,
        zh="提请核定地址",
        en="Ask where it is",
        who=_SYSTEM,
        clock=Clock.START,
    ),
    Edge(
        action="excuse",
        source=NEW,
        target=NOT_NEEDED,
        zh="数据已证明，无需走访",
        en="Proved by data, no visit needed",
        who=_SYSTEM,
        clock=Clock.STOP,
    ),
    *_placing(TO_PLACE, Clock.START),
    *_placing(ADDRESS_WRONG, Clock.RESUME),
    _reporting(TO_PLACE, TO_ADD, _PLACER, Clock.START),
    _reporting(ADDRESS_WRONG, ADDRESS_MISSING, _PLACER, Clock.PAUSE),
    _reporting(TO_ASSIGN, ADDRESS_MISSING, _VILLAGE, Clock.PAUSE),
    _reporting(TO_VISIT, ADDRESS_MISSING, _OFFICER, Clock.PAUSE),
    *_adding(TO_ADD, Clock.START, TO_PLACE, Clock.START),
    *_adding(ADDRESS_MISSING, Clock.RESUME, ADDRESS_WRONG, Clock.PAUSE),
    *(_rematching(source) for source in (TO_VISIT, GUIDED, GRID_WRONG, ADDRESS_WRONG, ADDRESS_MISSING)),
    _rematching(TO_VISIT, "rematch_to_village", TO_ASSIGN),
    _rematching(TO_ASSIGN, "rematch_to_grid", TO_VISIT),
    Edge(
        action="assign",
        source=TO_ASSIGN,
        target=TO_VISIT,
        zh="派到网格",
        en="Give to a grid",
        who=_VILLAGE,
        clock=Clock.KEEP,
        form=_TO_GRID,
    ),
    Edge(
        action="return_address",
        source=TO_ASSIGN,
        target=ADDRESS_WRONG,
        zh="地址有误",
        en="Wrong address",
        who=_VILLAGE,
        clock=Clock.PAUSE,
        form=_WHAT_IS_WRONG,
    ),
    Edge(
        action="return_address",
        source=TO_VISIT,
        target=ADDRESS_WRONG,
        zh="地址有误",
        en="Wrong address",
        who=_OFFICER,
        clock=Clock.PAUSE,
        form=_WHAT_IS_WRONG,
    ),
    Edge(
        action="return_grid",
        source=TO_VISIT,
        target=GRID_WRONG,
        zh="不在本网格",
        en="Not in my grid",
        who=_OFFICER,
        clock=Clock.PAUSE,
        form=Form(fields=(_WORDS,)),
    ),
    Edge(
        action="reassign",
        source=GRID_WRONG,
        target=TO_VISIT,
        zh="改派网格",
        en="Give to the right grid",
        who=_VILLAGE,
        clock=Clock.RESUME,
        form=_TO_GRID,
    ),
    Edge(
        action="return_address",
        source=GRID_WRONG,
        target=ADDRESS_WRONG,
        zh="不在本村，退回核定地址",
        en="Not in this village",
        who=_VILLAGE,
        clock=Clock.PAUSE,
        form=_WHAT_IS_WRONG,
    ),
    Edge(
        action="hand_over",
        source=TO_VISIT,
        target=TO_VISIT,
        zh="改派",
        en="Hand over",
        who=_VILLAGE,
        clock=Clock.KEEP,
        form=_TO_GRID,
    ),
    Edge(
        action="hand_over",
        source=GUIDED,
        target=GUIDED,
        zh="改派",
        en="Hand over",
        who=_VILLAGE,
        clock=Clock.KEEP,
        form=_TO_GRID,
    ),
    Edge(
        action="note",
        source=TO_VISIT,
        target=TO_VISIT,
        zh="到过未遇",
        en="Called, nobody there",
        who=_OFFICER,
        clock=Clock.KEEP,
        form=Form(fields=(_WORDS,)),
        quiet=True,
    ),
    Edge(
        action="note",
        source=GUIDED,
        target=GUIDED,
        zh="到过未遇",
        en="Called, nobody there",
        who=_OFFICER,
        clock=Clock.KEEP,
        form=Form(fields=(_WORDS,)),
        quiet=True,
    ),
    Edge(
        action="finish",
        source=TO_VISIT,
        target=DONE,
        zh="完成走访",
        en="Finish the visit",
        who=_OFFICER,
        clock=Clock.STOP,
    ),
    Edge(
        action="guide",
        source=TO_VISIT,
        target=GUIDED,
        zh="引导改正，约定回访",
        en="Guide, and come back",
        who=_OFFICER,
        clock=Clock.START,
    ),
    Edge(
        action="finish",
        source=GUIDED,
        target=DONE,
        zh="回访：已改正",
        en="Return visit: put right",
        who=_OFFICER,
        clock=Clock.STOP,
    ),
    Edge(
        action="pass_on",
        source=GUIDED,
        target=PASSED_ON,
        zh="回访：未改正",
        en="Return visit: not put right",
        who=_OFFICER,
        clock=Clock.STOP,
    ),
    *(
        Edge(
            action="excuse",
            source=source,
            target=NOT_NEEDED,
            zh="无需走访",
            en="No visit needed",
            who=frozenset({Role.TOWN_OFFICE, Role.SYSTEM}),
            clock=Clock.STOP,
            form=Form(
                fields=(
                    Field(
                        name="proof",
                        zh="由什么数据证明",
                        en="What data prove it",
                        kind="textarea",
                        max_length=500,
                    ),
                )
            ),
        )
        for source in (TO_PLACE, TO_ASSIGN, TO_VISIT)
    ),
    *(
        Edge(
            action="add",
            source=source,
            target=source,
            zh="并入同一门址的事项",
            en="Joined by another matter at the door",
            who=_SYSTEM,
            clock=Clock.KEEP,
            quiet=True,
        )
        for source in (TO_PLACE, TO_ASSIGN, TO_VISIT)
    ),
    *(
        Edge(
            action="withdraw",
            source=source,
            target=WITHDRAWN,
            zh="撤回",
            en="Withdraw",
            who=_SYSTEM,
            clock=Clock.STOP,
        )
        for source in WAITING
    ),
)

GRAPH = register(
    Graph(
        name=NAME,
        zh="网格走访核实",
        en="Grid visits",
        version=2,
        states=STATES,
        edges=EDGES,
        guards={"report_missing": _point_is_stated},
        changes={
            "add_in_grid": _to_area,
            "add_in_village": _to_area,
            "rematch": _to_area,
            "rematch_to_village": _to_area,
            "rematch_to_grid": _to_area,
            "place_in_grid": _to_area,
            "place_in_village": _to_area,
            "assign": _to_area,
            "reassign": _to_area,
            "hand_over": _to_area,
        },
    )
)
