"""网格走访核实 as a graph: one visit a door, ten days, guide, ten more, the result to the departments.

A visit verifies information and reminds; it is never an inspection and compels nobody (国办发〔2024〕54号). Sources:
the Dongguan case study (10 working days to visit, 10 to return); 东府办〔2017〕74号 art. 22 (4+2 duties). Limits are
dated data (`flow_limit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongzhi.flow.graph import NEW, CaseView, Changes, Clock, Edge, Field, Form, Graph, register
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.visits import forms
from gongzhi.visits.missing_edges import NO_POINT, NO_SYSTEM, adding, point_is_stated, reporting
from gongzhi.visits.placing_edges import moved_along, placing
from gongzhi.visits.states import (
    ADDRESS_MISSING,
    ADDRESS_WRONG,
    DONE,
    GRID_WRONG,
    GUIDED,
    MISSING,
    NAME,
    NOT_NEEDED,
    OFFICER,
    PASSED_ON,
    PLACERS,
    STATES,
    SYSTEM,
    TO_ADD,
    TO_ASSIGN,
    TO_PLACE,
    TO_VISIT,
    VILLAGE,
    WAITING,
    WITHDRAWN,
)

__all__ = [
    "ADDRESS_MISSING",
    "ADDRESS_WRONG",
    "DONE",
    "EDGES",
    "GRAPH",
    "GRID_WRONG",
    "GUIDED",
    "MISSING",
    "NAME",
    "NOT_NEEDED",
    "NO_POINT",
    "NO_SYSTEM",
    "PASSED_ON",
    "PLACERS",
    "STATES",
    "TO_ADD",
    "TO_ASSIGN",
    "TO_PLACE",
    "TO_VISIT",
    "WAITING",
    "WITHDRAWN",
]


def _to_area(_case: CaseView, form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(area=str(form["area"]), holder=0)


EDGES = (
    Edge(
        action="send",
        source=NEW,
        target=TO_VISIT,
        zh="派到网格",
        en="Send to a grid",
        who=SYSTEM,
        clock=Clock.START,
    ),
    Edge(
        action="send_to_village",
        source=NEW,
        target=TO_ASSIGN,
        zh="派到村（社区）",
        en="Send to a village",
        who=SYSTEM,
        clock=Clock.START,
    ),
    Edge(
        action="ask_place",
        source=NEW,
        target=TO_PLACE,
        zh="提请核定地址",
        en="Ask where it is",
        who=SYSTEM,
        clock=Clock.START,
    ),
    Edge(
        action="excuse",
        source=NEW,
        target=NOT_NEEDED,
        zh="数据已证明，无需走访",
        en="Proved by data, no visit needed",
        who=SYSTEM,
        clock=Clock.STOP,
    ),
    *placing(TO_PLACE, Clock.START),
    *placing(ADDRESS_WRONG, Clock.RESUME),
    reporting(TO_PLACE, TO_ADD, PLACERS, Clock.START),
    reporting(ADDRESS_WRONG, ADDRESS_MISSING, PLACERS, Clock.PAUSE),
    reporting(TO_ASSIGN, ADDRESS_MISSING, VILLAGE, Clock.PAUSE),
    reporting(TO_VISIT, ADDRESS_MISSING, OFFICER, Clock.PAUSE),
    *adding(TO_ADD, Clock.START, TO_PLACE, Clock.START),
    *adding(ADDRESS_MISSING, Clock.RESUME, ADDRESS_WRONG, Clock.PAUSE),
    *(moved_along(source) for source in (TO_VISIT, GUIDED, GRID_WRONG, ADDRESS_WRONG, ADDRESS_MISSING)),
    moved_along(TO_VISIT, "rematch_to_village", TO_ASSIGN),
    moved_along(TO_ASSIGN, "rematch_to_grid", TO_VISIT),
    Edge(
        action="assign",
        source=TO_ASSIGN,
        target=TO_VISIT,
        zh="派到网格",
        en="Give to a grid",
        who=VILLAGE,
        clock=Clock.KEEP,
        form=forms.TO_GRID,
    ),
    Edge(
        action="return_address",
        source=TO_ASSIGN,
        target=ADDRESS_WRONG,
        zh="地址有误",
        en="Wrong address",
        who=VILLAGE,
        clock=Clock.PAUSE,
        form=forms.WHAT_IS_WRONG,
    ),
    Edge(
        action="return_address",
        source=TO_VISIT,
        target=ADDRESS_WRONG,
        zh="地址有误",
        en="Wrong address",
        who=OFFICER,
        clock=Clock.PAUSE,
        form=forms.WHAT_IS_WRONG,
    ),
    Edge(
        action="return_grid",
        source=TO_VISIT,
        target=GRID_WRONG,
        zh="不在本网格",
        en="Not in my grid",
        who=OFFICER,
        clock=Clock.PAUSE,
        form=Form(fields=(forms.WORDS,)),
    ),
    Edge(
        action="reassign",
        source=GRID_WRONG,
        target=TO_VISIT,
        zh="改派网格",
        en="Give to the right grid",
        who=VILLAGE,
        clock=Clock.RESUME,
        form=forms.TO_GRID,
    ),
    Edge(
        action="return_address",
        source=GRID_WRONG,
        target=ADDRESS_WRONG,
        zh="不在本村，退回核定地址",
        en="Not in this village",
        who=VILLAGE,
        clock=Clock.PAUSE,
        form=forms.WHAT_IS_WRONG,
    ),
    Edge(
        action="hand_over",
        source=TO_VISIT,
        target=TO_VISIT,
        zh="改派",
        en="Hand over",
        who=VILLAGE,
        clock=Clock.KEEP,
        form=forms.TO_GRID,
    ),
    Edge(
        action="hand_over",
        source=GUIDED,
        target=GUIDED,
        zh="改派",
        en="Hand over",
        who=VILLAGE,
        clock=Clock.KEEP,
        form=forms.TO_GRID,
    ),
    Edge(
        action="note",
        source=TO_VISIT,
        target=TO_VISIT,
        zh="到过未遇",
        en="Called, nobody there",
        who=OFFICER,
        clock=Clock.KEEP,
        form=Form(fields=(forms.WORDS,)),
        quiet=True,
    ),
    Edge(
        action="note",
        source=GUIDED,
        target=GUIDED,
        zh="到过未遇",
        en="Called, nobody there",
        who=OFFICER,
        clock=Clock.KEEP,
        form=Form(fields=(forms.WORDS,)),
        quiet=True,
    ),
    Edge(
        action="finish",
        source=TO_VISIT,
        target=DONE,
        zh="完成走访",
        en="Finish the visit",
        who=OFFICER,
        clock=Clock.STOP,
    ),
    Edge(
        action="guide",
        source=TO_VISIT,
        target=GUIDED,
        zh="引导改正，约定回访",
        en="Guide, and come back",
        who=OFFICER,
        clock=Clock.START,
    ),
    Edge(
        action="finish",
        source=GUIDED,
        target=DONE,
        zh="回访：已改正",
        en="Return visit: put right",
        who=OFFICER,
        clock=Clock.STOP,
    ),
    Edge(
        action="pass_on",
        source=GUIDED,
        target=PASSED_ON,
        zh="回访：未改正",
        en="Return visit: not put right",
        who=OFFICER,
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
            who=SYSTEM,
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
            who=SYSTEM,
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
        guards={"report_missing": point_is_stated},
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
