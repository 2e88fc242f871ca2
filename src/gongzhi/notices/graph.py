"""双告知 as a graph: pushed is not delivered, delivered not received, received not claimed, claimed not answered.

Sources: 东府办〔2017〕110号 三(三)–(四); the Dongguan case study (5 working days to push, 15 to follow up and feed
back); the dual-notification notice's action names (认领、接收、回退、重新指派). Limits are dated data (`flow_limit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongzhi.flow.graph import NEW, CaseView, Changes, Clock, Edge, Field, Form, Graph, State, register
from gongzhi.notices import anywhere, forms
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

NAME = "notices"

TO_CONFIRM = "to_confirm"
UNCLAIMED = "unclaimed"
TO_PLACE = "to_place"
PUSHED = "pushed"
DELIVERED = "delivered"
RECEIVED = "received"
CLAIMED = "claimed"
FOLLOWING_UP = "following_up"
RETURNED = "returned"
FED_BACK = "fed_back"
NOT_NEEDED = "not_needed"
WITHDRAWN = "withdrawn"

_SYSTEM = frozenset({Role.SYSTEM})
_REGISTRAR = frozenset({Role.REGISTRAR, Role.SYSTEM})
_OPENERS = _REGISTRAR | {Role.CITY_OFFICE}
_DEPARTMENT = frozenset({Role.DEPARTMENT})
_TOWN = frozenset({Role.TOWN_OFFICE, Role.CITY_OFFICE})
CORRECTIONS = ("retract", "uphold")
"""Acts on what a new version of the rules touches; made from its list, where each matter shows before and after."""
NOT_LISTED = "此告知不在规则更正的清单上，或已作过决定。"

STATES = (
    State(
        name=TO_CONFIRM, zh="待登记机关确认", en="To be confirmed", owner=Role.REGISTRAR, limit="notice.push"
    ),
    State(
        name=UNCLAIMED, zh="待认领", en="On the claim list", owner=Role.DEPARTMENT, limit="notice.claim_list"
    ),
    State(name=TO_PLACE, zh="待确定属地", en="Town to be found", owner=Role.REGISTRAR, limit="notice.push"),
    State(
        name=PUSHED,
        zh="已推送，未送达",
        en="Pushed, not delivered",
        owner=Role.REGISTRAR,
        limit="notice.deliver",
    ),
    State(
        name=DELIVERED,
        zh="已送达，待接收",
        en="Delivered, not received",
        owner=Role.DEPARTMENT,
        limit="notice.receive",
    ),
    State(name=RECEIVED, zh="已接收", en="Received", owner=Role.DEPARTMENT, limit="notice.await_visit"),
    State(name=CLAIMED, zh="经办中", en="With a clerk", owner=Role.DEPARTMENT, limit="notice.await_visit"),
    State(
        name=FOLLOWING_UP, zh="跟进反馈中", en="Following up", owner=Role.DEPARTMENT, limit="notice.follow_up"
    ),
    State(name=RETURNED, zh="已退回，待协调", en="Returned", owner=Role.TOWN_OFFICE, limit="notice.reroute"),
    State(name=FED_BACK, zh="已反馈", en="Fed back", final=True),
    State(name=NOT_NEEDED, zh="无需告知", en="No notice needed", final=True),
    State(name=WITHDRAWN, zh="已撤回", en="Withdrawn", final=True),
)

WAITING = tuple(state.name for state in STATES if not state.final)
WITH_DEPARTMENT = (PUSHED, DELIVERED, RECEIVED, CLAIMED, FOLLOWING_UP)


def _to_named_department(_case: CaseView, form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(department=str(form["department"]), holder=0)


def _to_own_department(_case: CaseView, _form: Mapping[str, Any], acting: Acting) -> Changes:
    return Changes(department=acting.department, holder=acting.post_id)


def _to_nobody(_case: CaseView, _form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(holder=0)


def _to_area(_case: CaseView, form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(area=str(form["area"]))


def _to_area_and_nobody(_case: CaseView, form: Mapping[str, Any], _acting: Acting) -> Changes:
    # Whoever had taken it on works in another town and no longer sees it.
    return Changes(area=str(form["area"]), holder=0)


def _not_back_to_who_returned_it(case: CaseView, form: Mapping[str, Any]) -> str | None:
    """A→B→A is refused: who returned it can only get it back with reasons, by `insist`."""
    from gongzhi.notices.queries import departments_that_returned  # noqa: PLC0415 - a graph is read before tables are

    if form.get("department") in departments_that_returned(case.id):
        return "该部门已退回过此告知。如仍应由其办理，请用“说明理由，退还原部门”。"
    return None


def _named_by_a_correction(case: CaseView, _form: Mapping[str, Any]) -> str | None:
    """Only what a version of the rules touches is decided so, and once."""
    from gongzhi.notices.queries import touched_undecided  # noqa: PLC0415 - a graph is read before tables are

    return None if touched_undecided(case.id) else NOT_LISTED


def _feedback_edges() -> tuple[Edge, ...]:
    """A department may answer, report progress or return a notice wherever it lies with it."""
    edges: list[Edge] = []
    for source in (RECEIVED, CLAIMED, FOLLOWING_UP):
        edges += [
            Edge(
                action="feed_back",
                source=source,
                target=FED_BACK,
                zh="反馈结果",
                en="Feed back",
                who=_DEPARTMENT,
                clock=Clock.STOP,
                form=forms.FEED_BACK,
            ),
            Edge(
                action="report_progress",
                source=source,
                target=source,
                zh="报告进展",
                en="Report progress",
                who=_DEPARTMENT,
                clock=Clock.KEEP,
                form=forms.PROGRESS,
                quiet=True,
            ),
        ]
    for source in (DELIVERED, RECEIVED, CLAIMED, FOLLOWING_UP):
        edges.append(
            Edge(
                action="return",
                source=source,
                target=RETURNED,
                zh="退回",
                en="Return",
                who=_DEPARTMENT,
                clock=Clock.START,
                form=forms.RETURN,
            )
        )
    return tuple(edges)


def _result_edges() -> tuple[Edge, ...]:
    """What a visit found starts the department's fifteen days, normal or not; elsewhere it is only noted."""
    told = tuple(
        Edge(
            action="visit_result",
            source=source,
            target=FOLLOWING_UP,
            zh="收到走访结果",
            en="Visit result received",
            who=_SYSTEM,
            clock=Clock.START,
        )
        for source in WITH_DEPARTMENT
    )
    noted = tuple(
        Edge(
            action="visit_result",
            source=source,
            target=source,
            zh="收到走访结果",
            en="Visit result received",
            who=_SYSTEM,
            clock=Clock.KEEP,
            quiet=True,
        )
        for source in (TO_CONFIRM, UNCLAIMED, TO_PLACE, RETURNED)
    )
    return told + noted


EDGES = (
    Edge(action="push", source=NEW, target=PUSHED, zh="推送", en="Push", who=_OPENERS, clock=Clock.START),
    Edge(
        action="ask",
        source=NEW,
        target=TO_CONFIRM,
        zh="提请确认",
        en="Ask a person",
        who=_OPENERS,
        clock=Clock.START,
    ),
    Edge(
        action="list",
        source=NEW,
        target=UNCLAIMED,
        zh="列入认领清单",
        en="Put on the claim list",
        who=_OPENERS,
        clock=Clock.START,
    ),
    Edge(
        action="hold",
        source=NEW,
        target=TO_PLACE,
        zh="等待确定属地",
        en="Wait for a town",
        who=_OPENERS,
        clock=Clock.START,
    ),
    Edge(
        action="confirm",
        source=TO_CONFIRM,
        target=PUSHED,
        zh="确认推送",
        en="Confirm and push",
        who=frozenset({Role.REGISTRAR}),
        clock=Clock.START,
        form=Form(fields=(forms.WORDS,)),
    ),
    Edge(
        action="dismiss",
        source=TO_CONFIRM,
        target=NOT_NEEDED,
        zh="无需告知",
        en="Not needed",
        who=frozenset({Role.REGISTRAR}),
        clock=Clock.STOP,
        form=Form(fields=(forms.REASONED,)),
    ),
    Edge(
        action="claim",
        source=UNCLAIMED,
        target=CLAIMED,
        zh="认领",
        en="Claim",
        who=_DEPARTMENT,
        clock=Clock.START,
        form=Form(fields=(forms.WORDS,)),
    ),
    Edge(
        action="send",
        source=UNCLAIMED,
        target=PUSHED,
        zh="指定部门",
        en="Send to a department",
        who=frozenset({Role.REGISTRAR, Role.TOWN_OFFICE}),
        clock=Clock.START,
        form=forms.TO_DEPARTMENT,
    ),
    Edge(
        action="dismiss",
        source=UNCLAIMED,
        target=NOT_NEEDED,
        zh="无需告知",
        en="Not needed",
        who=frozenset({Role.REGISTRAR, Role.TOWN_OFFICE}),
        clock=Clock.STOP,
        form=Form(fields=(forms.REASONED,)),
    ),
    Edge(
        action="lapse",
        source=UNCLAIMED,
        target=NOT_NEEDED,
        zh="期满无人认领",
        en="Nobody claimed it in time",
        who=_SYSTEM,
        clock=Clock.STOP,
    ),
    Edge(
        action="place",
        source=TO_PLACE,
        target=PUSHED,
        zh="确定属地并推送",
        en="Name the town and push",
        who=_REGISTRAR,
        clock=Clock.START,
        form=Form(fields=(Field(name="area", zh="属地", en="Town or village", kind="division"),)),
    ),
    Edge(
        action="deliver",
        source=PUSHED,
        target=DELIVERED,
        zh="确认送达",
        en="Confirm delivery",
        who=_REGISTRAR,
        clock=Clock.START,
        form=Form(
            fields=(
                Field(
                    name="receipt",
                    zh="送达方式或回执",
                    en="How it was delivered, or the receipt",
                    required=False,
                    max_length=200,
                ),
            )
        ),
    ),
    Edge(
        action="receive",
        source=DELIVERED,
        target=RECEIVED,
        zh="接收",
        en="Receive",
        who=_DEPARTMENT,
        clock=Clock.START,
    ),
    Edge(
        action="claim",
        source=RECEIVED,
        target=CLAIMED,
        zh="由我经办",
        en="Take it on",
        who=_DEPARTMENT,
        clock=Clock.KEEP,
    ),
    Edge(
        action="release",
        source=CLAIMED,
        target=RECEIVED,
        zh="放回",
        en="Put it back",
        who=_DEPARTMENT,
        clock=Clock.KEEP,
    ),
    *_feedback_edges(),
    *_result_edges(),
    Edge(
        action="reroute",
        source=RETURNED,
        target=PUSHED,
        zh="转给其他部门",
        en="Send to another department",
        who=_TOWN,
        clock=Clock.START,
        form=forms.TO_DEPARTMENT,
    ),
    Edge(
        action="insist",
        source=RETURNED,
        target=DELIVERED,
        zh="说明理由，退还原部门",
        en="Back to the department, with reasons",
        who=_TOWN,
        clock=Clock.START,
        form=Form(fields=(forms.REASONED,)),
    ),
    Edge(
        action="close",
        source=RETURNED,
        target=NOT_NEEDED,
        zh="确认无需告知",
        en="No notice needed",
        who=_TOWN,
        clock=Clock.STOP,
        form=Form(fields=(forms.REASONED,)),
    ),
    *anywhere.edges(
        waiting=WAITING, with_section=(*WITH_DEPARTMENT, RETURNED), withdrawn=WITHDRAWN, pushed=PUSHED
    ),
)

GRAPH = register(
    Graph(
        name=NAME,
        zh="双告知",
        en="Dual notification",
        version=1,
        states=STATES,
        edges=EDGES,
        guards={
            "reroute": _not_back_to_who_returned_it,
            "retract": _named_by_a_correction,
            "uphold": _named_by_a_correction,
        },
        changes={
            "send": _to_named_department,
            "reroute": _to_named_department,
            "claim": _to_own_department,
            "release": _to_nobody,
            "return": _to_nobody,
            "place": _to_area,
            "move": _to_area,
            "relocate": _to_area_and_nobody,
        },
    )
)
