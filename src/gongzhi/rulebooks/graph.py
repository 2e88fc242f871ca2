"""A version of the rules as a graph: drafted, tested, proposed, approved by a second person, in force on its day.

The documents are silent on how rules are kept; that nobody approves their own is ours. Limits are dated data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongzhi.flow.errors import NotPossibleError
from gongzhi.flow.graph import NEW, CaseView, Changes, Clock, Edge, Field, Form, Graph, State, register
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

NAME = "rulebooks"

DRAFT = "draft"
TESTED = "tested"
PROPOSED = "proposed"
APPROVED = "approved"
IN_FORCE = "in_force"
WITHDRAWN = "withdrawn"

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.CITY_OFFICE})
"""Who drafts, proposes and approves; which of them did what is asked of the journal."""
READERS = KEEPERS | {Role.REGISTRAR}
_SYSTEM = frozenset({Role.SYSTEM})

OWN_DRAFT = "起草、修改或提出的人不能批准自己的规则，请由另一人审批。"
EXAMPLES_FAIL = "尚有存档示例不符：请先改规则，或修订示例并说明依据。"
DAY_PASSED = "生效日期不能早于今天。"
BEFORE_LATEST = "生效日期不能早于已批准的上一版。"
NOT_LATEST = "起草之后另有一版获批准：请先并入它的改动，重新测试后再提请。"
ALREADY = "已到生效日期，不能再撤回；请起草新的版本。"

STATES = (
    State(name=DRAFT, zh="起草中", en="Draft", owner=Role.ADMINISTRATOR, limit="rulebook.draft"),
    State(name=TESTED, zh="已测试", en="Tested", owner=Role.ADMINISTRATOR, limit="rulebook.draft"),
    State(name=PROPOSED, zh="待批准", en="Proposed", owner=Role.CITY_OFFICE, limit="rulebook.approve"),
    State(
        name=APPROVED,
        zh="已批准，待生效",
        en="Approved, not yet in force",
        owner=Role.SYSTEM,
        limit="rulebook.in_force",
    ),
    State(name=IN_FORCE, zh="已生效", en="In force", final=True),
    State(name=WITHDRAWN, zh="已撤回", en="Withdrawn", final=True),
)

_WORDS = Field(name="words", zh="说明", en="In your words", kind="textarea", required=False, max_length=2000)
_REASONED = Field(name="words", zh="理由", en="Reasons", kind="textarea", max_length=2000)
_PROPOSAL = Form(
    fields=(
        Field(
            name="valid_from",
            zh="自哪天起生效",
            en="In force from",
            kind="date",
            hint_zh="当天零时起登记和导入都按新规则判定。",
            hint_en="From midnight of that day every registration and import follows the new rules.",
        ),
        Field(
            name="words",
            zh="为什么改、依据什么",
            en="Why, and on what basis",
            kind="textarea",
            max_length=2000,
        ),
    )
)

EDGES = (
    Edge(action="open", source=NEW, target=DRAFT, zh="起草", en="Draft", who=KEEPERS, clock=Clock.START),
    Edge(
        action="edit",
        source=DRAFT,
        target=DRAFT,
        zh="修改",
        en="Edit",
        who=KEEPERS,
        clock=Clock.KEEP,
        quiet=True,
    ),
    Edge(action="edit", source=TESTED, target=DRAFT, zh="修改", en="Edit", who=KEEPERS, clock=Clock.KEEP),
    Edge(
        action="test", source=DRAFT, target=TESTED, zh="测试完成", en="Tested", who=_SYSTEM, clock=Clock.KEEP
    ),
    Edge(
        action="test",
        source=TESTED,
        target=TESTED,
        zh="测试完成",
        en="Tested",
        who=_SYSTEM,
        clock=Clock.KEEP,
        quiet=True,
    ),
    Edge(
        action="propose",
        source=TESTED,
        target=PROPOSED,
        zh="提请批准",
        en="Propose",
        who=KEEPERS,
        clock=Clock.START,
        form=_PROPOSAL,
    ),
    Edge(
        action="approve",
        source=PROPOSED,
        target=APPROVED,
        zh="批准",
        en="Approve",
        who=KEEPERS,
        clock=Clock.START,
        form=Form(fields=(_REASONED,)),
    ),
    Edge(
        action="reject",
        source=PROPOSED,
        target=DRAFT,
        zh="不批准，退回修改",
        en="Reject",
        who=KEEPERS,
        clock=Clock.START,
        form=Form(fields=(_REASONED,)),
    ),
    Edge(
        action="take_force",
        source=APPROVED,
        target=IN_FORCE,
        zh="生效",
        en="Takes force",
        who=_SYSTEM,
        clock=Clock.STOP,
    ),
    *(
        Edge(
            action="withdraw",
            source=source,
            target=WITHDRAWN,
            zh="撤回",
            en="Withdraw",
            who=KEEPERS,
            clock=Clock.STOP,
            form=Form(fields=(_REASONED,)),
        )
        for source in (DRAFT, TESTED, PROPOSED, APPROVED)
    ),
)


def _examples_hold(case: CaseView, _form: Mapping[str, Any]) -> str | None:
    from gongzhi.rulebooks.queries import examples_hold  # noqa: PLC0415 - a graph is read before tables are

    return _goes_on(case, _form) or (None if examples_hold(case.id) else EXAMPLES_FAIL)


def _goes_on(case: CaseView, _form: Mapping[str, Any]) -> str | None:
    """A version that does not know the last one approved would undo it without a word."""
    from gongzhi.rulebooks.queries import goes_on_from_latest  # noqa: PLC0415 - a graph is read before tables are

    return None if goes_on_from_latest(case.id) else NOT_LATEST


def _by_another(case: CaseView, _form: Mapping[str, Any], acting: Acting) -> Changes:
    """A second person: whoever had a hand in the draft is refused, in whichever of their posts they act."""
    from gongzhi.rulebooks.queries import had_a_hand  # noqa: PLC0415 - a graph is read before tables are

    if had_a_hand(case.id, acting):
        raise NotPossibleError("approve", case.state, OWN_DRAFT)
    return Changes()


GRAPH = register(
    Graph(
        name=NAME,
        zh="判定规则",
        en="Rule books",
        version=1,
        states=STATES,
        edges=EDGES,
        guards={"propose": _examples_hold, "approve": _goes_on},
        changes={"approve": _by_another},
    )
)
