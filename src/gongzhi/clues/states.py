"""Where a clue may stand, and who is waited for there."""

from __future__ import annotations

from gongzhi.flow.graph import State
from gongzhi.org.roles import Role

NAME = "clues"

UNPLACED = "unplaced"
TO_ASSIGN = "to_assign"
FOUND = "found"
URGING = "urging"
TO_ROUTE = "to_route"
COMMANDED = "commanded"
PUSHED = "pushed"
RECEIVED = "received"
HANDLING = "handling"
EXTENDED = "extended"
URGENT = "urgent"
EXTENSION_ASKED = "extension_asked"
AWAITING_ASSISTANCE = "awaiting_assistance"
OBJECTED = "objected"
TO_DESIGNATE = "to_designate"
TO_CHECK = "to_check"
AWAITING_PARTS = "awaiting_parts"
TO_PLAN = "to_plan"
JOINT = "joint"
CLOSED = "closed"
NOT_UNLICENSED = "not_unlicensed"
MERGED = "merged"
PART_ENDED = "part_ended"
WITHDRAWN = "withdrawn"

STATES = (
    State(name=UNPLACED, zh="待确定镇街", en="Town to be found", owner=Role.CITY_OFFICE, limit="clue.decide"),
    State(
        name=TO_ASSIGN, zh="待派到村", en="Village to be named", owner=Role.TOWN_OFFICE, limit="clue.decide"
    ),
    State(name=FOUND, zh="待催办", en="To be urged", owner=Role.VILLAGE, limit="clue.urge"),
    State(name=URGING, zh="催办整改中", en="Being urged", owner=Role.VILLAGE, limit="clue.urge"),
    State(
        name=TO_ROUTE,
        zh="待镇街确定部门",
        en="The town decides whose it is",
        owner=Role.TOWN_OFFICE,
        limit="clue.decide",
    ),
    State(
        name=COMMANDED,
        zh="指挥中心处置中",
        en="With the command centres",
        owner=Role.COMMAND,
        limit="clue.serious",
    ),
    State(
        name=PUSHED,
        zh="已推送，待接收",
        en="Pushed, not received",
        owner=Role.DEPARTMENT,
        limit="clue.receive",
    ),
    State(name=RECEIVED, zh="已接收", en="Received", owner=Role.DEPARTMENT, limit="clue.follow_up"),
    State(name=HANDLING, zh="处置中", en="Being handled", owner=Role.DEPARTMENT, limit="clue.follow_up"),
    State(
        name=EXTENDED,
        zh="延期处置中",
        en="Being handled, extended",
        owner=Role.DEPARTMENT,
        limit="clue.extension",
    ),
    State(
        name=URGENT,
        zh="紧急处置中",
        en="Being handled urgently",
        owner=Role.DEPARTMENT,
        limit="clue.serious",
    ),
    State(
        name=EXTENSION_ASKED,
        zh="待批准延期",
        en="Extension asked for",
        owner=Role.TOWN_OFFICE,
        limit="clue.decide",
    ),
    State(
        name=AWAITING_ASSISTANCE,
        zh="等待其他部门协助",
        en="Waiting for assistance",
        owner=Role.DEPARTMENT,
        limit="clue.assist",
    ),
    State(name=OBJECTED, zh="异议待协调", en="Objected to", owner=Role.TOWN_OFFICE, limit="clue.coordinate"),
    State(
        name=TO_DESIGNATE,
        zh="待市级指定",
        en="The city designates",
        owner=Role.CITY_OFFICE,
        limit="clue.designate",
    ),
    State(
        name=TO_CHECK,
        zh="已反馈，待核查",
        en="Fed back, to be checked",
        owner=Role.VILLAGE,
        limit="clue.check",
    ),
    State(
        name=AWAITING_PARTS,
        zh="等待其他部门办结",
        en="Waiting for the other departments",
        owner=Role.TOWN_OFFICE,
        limit="clue.follow_up",
    ),
    State(
        name=TO_PLAN,
        zh="待制定联合整治方案",
        en="Joint operation to be planned",
        owner=Role.TOWN_OFFICE,
        limit="clue.joint_plan",
    ),
    State(name=JOINT, zh="联合整治中", en="In a joint operation", owner=Role.TOWN_OFFICE, limit="clue.joint"),
    State(name=CLOSED, zh="已办结", en="Closed", final=True),
    State(name=NOT_UNLICENSED, zh="不属于无证无照", en="Not unlicensed", final=True),
    State(name=MERGED, zh="已并入其他线索", en="Merged into another clue", final=True),
    State(name=PART_ENDED, zh="本部门已办结", en="This department is done", final=True),
    State(name=WITHDRAWN, zh="已撤回", en="Withdrawn", final=True),
)

WAITING = tuple(state.name for state in STATES if not state.final)
AT_WORK = (RECEIVED, HANDLING, EXTENDED)
"""Where a department handles a clue within its ordinary limit."""
WITH_DEPARTMENT = (PUSHED, *AT_WORK, URGENT, EXTENSION_ASKED, AWAITING_ASSISTANCE)
BEFORE_DEPARTMENTS = (UNPLACED, TO_ASSIGN, FOUND, URGING, TO_ROUTE)

NO_DEPARTMENT = "-"
"""The department of a clue that lies with none. Without one, row security would show it to all of them."""
