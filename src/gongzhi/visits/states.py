"""Where a visit may stand, who is waited for there, and who acts."""

from __future__ import annotations

from gongzhi.flow.graph import State
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

SYSTEM = frozenset({Role.SYSTEM})
OFFICER = frozenset({Role.OFFICER})
VILLAGE = frozenset({Role.VILLAGE, Role.TOWN_OFFICE})
PLACERS = frozenset({Role.REGISTRAR, Role.TOWN_OFFICE, Role.CITY_OFFICE})

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
WAITING = tuple(state.name for state in STATES if not state.final)
