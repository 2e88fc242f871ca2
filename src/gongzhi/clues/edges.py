"""The acts on a clue, stage by stage, as a table.

Sources: 东府办〔2017〕110号 三(三)–(五); 无证无照经营查处办法 (Decree 684) arts. 5–10; 广东省市场监管条例 arts. 8, 41
and 42; the Dongguan case study (serious clues go through the command centres of city, town and village).
"""

from __future__ import annotations

from gongzhi.clues import forms
from gongzhi.clues.actors import HANDLERS, KEEP, PLAIN, SAME, START, STOP, SYSTEM, Row
from gongzhi.clues.edges_from_pushed import ENDING, HANDLING_ACTS
from gongzhi.clues.edges_until_pushed import FINDING, ROUTING
from gongzhi.clues.states import CLOSED, OBJECTED, PUSHED, URGENT, WAITING, WITH_DEPARTMENT, WITHDRAWN
from gongzhi.flow.graph import Edge
from gongzhi.org.roles import Role

_ALWAYS: tuple[Row, ...] = (
    ("close_by_data", WAITING, CLOSED, "数据已证明，办结", "Proved by data: close", SYSTEM, STOP, PLAIN),
    ("withdraw", WAITING, WITHDRAWN, "撤回", "Withdraw", SYSTEM, STOP, PLAIN),
    (
        "relocate",
        (*(state for state in WITH_DEPARTMENT if state != URGENT), OBJECTED),
        PUSHED,
        "转到所在镇街",
        "On to the town where it lies",
        SYSTEM,
        START,
        PLAIN,
    ),
)

_QUIET: tuple[Row, ...] = (
    ("note", WAITING, SAME, "记事", "Note", HANDLERS | {Role.OFFICER}, KEEP, forms.NOTE),
    ("move", WAITING, SAME, "随地址变更属地", "Moved with the address", SYSTEM, KEEP, PLAIN),
    ("absorb", WAITING, SAME, "并入重复线索", "Joined by the same clue", SYSTEM, KEEP, PLAIN),
    (
        "revise",
        WAITING,
        SAME,
        "补充情况",
        "Add what was found out",
        HANDLERS | {Role.OFFICER},
        KEEP,
        forms.NOTE,
    ),
    ("learn", WAITING, SAME, "登记信息有变化", "The file has changed", SYSTEM, KEEP, PLAIN),
)

_MARKS = frozenset({"acknowledge", "measure", "copy_to"})
"""Acts by persons that add to the file and leave everybody's work as it is."""


def edges() -> tuple[Edge, ...]:
    """Every edge of the process, stage by stage."""
    loud = (*FINDING, *ROUTING, *HANDLING_ACTS, *ENDING, *_ALWAYS)
    return tuple(
        Edge(
            action=action,
            source=source,
            target=source if target == SAME else target,
            zh=zh,
            en=en,
            who=who,
            clock=clock,
            form=form,
            quiet=row in _QUIET or action in _MARKS,
        )
        for row in (*loud, *_QUIET)
        for action, sources, target, zh, en, who, clock, form in (row,)
        for source in sources
    )
