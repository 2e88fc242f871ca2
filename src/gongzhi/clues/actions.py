"""What pages and other doors do with clues beside making an edge: report one, judge it anew, bring files together.

An edge of the graph is made by `gongzhi.flow.actions.transition`; what follows from it is in `consequences`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from gongzhi.clues import judging, routing
from gongzhi.clues.discovering import Discovery, open_clues
from gongzhi.clues.joining import join_files
from gongzhi.clues.likening import propose_likenesses
from gongzhi.clues.models import Clue, Joining, JointOperation, Likeness, StagePlan
from gongzhi.clues.numbers import number_of
from gongzhi.clues.photos import keep_photo
from gongzhi.clues.rules.situation import Situation
from gongzhi.clues.sealing import OPERATORS, mark, masked_name, masked_phone, seal
from gongzhi.flow.actions import Outcome, transition
from gongzhi.flow.errors import NotPossibleError
from gongzhi.flow.moment import Moment
from gongzhi.org.access import elevated
from gongzhi.org.acting import Acting


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report: the clue, its number, where it stands now, and how many may be the same."""

    case_id: int
    number: str
    state: str
    alike: int


def report_clue(
    discovery: Discovery, *, acting: Acting, moment: Moment, photos: Sequence[bytes] = ()
) -> Reported:
    """Take in what a post found, with its photos, inside the caller's transaction.

    Raises PhotoRefusedError when a file is no photo; nothing is kept then.
    """
    [case_id] = open_clues([discovery], acting=acting, moment=moment)
    with elevated():
        for data in photos:
            keep_photo(case_id, data, purpose="found", acting=acting, moment=moment)
        alike = propose_likenesses([case_id], moment=moment)
        with connection.cursor() as cursor:
            cursor.execute("SELECT state FROM flow_case WHERE id = %s", [case_id])
            state = str(cursor.fetchone()[0])
    return Reported(case_id, number_of(case_id, discovery.found_on.year), state, alike)


def report_many(
    discoveries: Sequence[Discovery], *, acting: Acting, moment: Moment, compare: bool = True
) -> list[int]:
    """Take in what another system or a comparison of data found, set-based; returns the cases in order."""
    ids = open_clues(discoveries, acting=acting, moment=moment)
    if compare:
        with elevated():
            propose_likenesses(ids, moment=moment)
    return ids


def revise(
    case_id: int,
    situation: Situation,
    *,
    words: str,
    acting: Acting,
    moment: Moment,
    expected_seq: int | None = None,
) -> judging.Judged:
    """Put down what was found out since (trade, permits, licence, answers), and judge the clue anew.

    A clue that waits for the town to name a department goes to it when the rules are sure now. Raises flow's errors.
    """
    before = Clue.objects.get(pk=case_id).kind
    judged = judging.judge(situation, moment.today)
    facts = {"kind": judged.finding.kind.value, "kind_before": before}
    transition(
        case_id,
        "revise",
        acting=acting,
        moment=moment,
        form={"words": words},
        facts=facts,
        expected_seq=expected_seq,
    )
    routing.rejudge(case_id, situation, moment.today)
    with elevated():
        routing.route([case_id], "to_route", "push", moment=moment)
    return judged


def settle_likeness(
    likeness_id: int, decision: str, *, acting: Acting, moment: Moment, words: str = ""
) -> Outcome | None:
    """Say whether two clues are the same: `merged` merges the newer into the older, `different` keeps both.

    Raises NotPossibleError when somebody has decided already or neither can be merged any more.
    """
    likeness = Likeness.objects.select_for_update().get(pk=likeness_id)
    if likeness.decision:
        raise NotPossibleError("merge", likeness.decision, "已有人作出判断。")
    if decision == "different":
        Likeness.objects.filter(pk=likeness_id).update(
            decision="different", decided_on=moment.today, decided_by=acting.signature
        )
        return None
    if decision != "merged":
        raise ValueError(f"{decision!r} is no decision")
    older, newer = sorted((likeness.clue_id, likeness.other_id))
    return transition(
        newer,
        "merge",
        acting=acting,
        moment=moment,
        form={"into": number_of(older, moment.today.year), "words": words},
    )


def settle_joining(joining_id: int, decision: str, *, acting: Acting, moment: Moment) -> None:
    """Say whether an operator's file is a registered business's: `joined` or `different`."""
    joining = Joining.objects.select_for_update().get(pk=joining_id)
    if joining.decision:
        raise NotPossibleError("join", joining.decision, "已有人作出判断。")
    if decision not in {"joined", "different"}:
        raise ValueError(f"{decision!r} is no decision")
    Joining.objects.filter(pk=joining_id).update(
        decision=decision, decided_on=moment.today, decided_by=acting.signature
    )
    if decision == "joined":
        with elevated():
            join_files([(joining.operator_id, joining.business_id)], by=acting.signature, moment=moment)


def read_copy(copy_id: int, *, acting: Acting, moment: Moment) -> None:
    """A department has seen what it was told (抄告)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clues_copy SET read_at = %s, read_by = %s WHERE id = %s AND read_at IS NULL",
            [moment.at, acting.signature, copy_id],
        )


def set_stage_plan(
    area: str,
    title: str,
    *,
    base_on: date,
    ends_on: date,
    share: float,
    acting: Acting,
    moment: Moment,
    trade: str = "",
    kind: str = "",
) -> StagePlan:
    """Set a stage of clearing: so much of what was open on the base day is to be ended by the last day.

    Raises ValueError for a share outside 0–1 or days in the wrong order: a plan has a target on clearing only.
    """
    if not 0 < share <= 1:
        raise ValueError("a stage clears a share between 0 and 1 of its stock")
    if ends_on <= base_on:
        raise ValueError("a stage ends after the day its stock is counted")
    return StagePlan.objects.create(
        area=area,
        title=title,
        base_on=base_on,
        ends_on=ends_on,
        share=share,
        trade=trade,
        kind=kind,
        made_by=acting.signature,
        made_on=moment.today,
    )


def take_into_operation(
    operation_id: int, case_id: int, *, words: str, acting: Acting, moment: Moment
) -> Outcome:
    """Take a further stubborn clue into a joint operation that is under way, with the operation's own plan."""
    operation = JointOperation.objects.get(pk=operation_id)
    if operation.done_on is not None:
        raise NotPossibleError("send_to_joint", "joint", "该次联合整治已结束。")
    transition(case_id, "send_to_joint", acting=acting, moment=moment, form={"words": words})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clues_joint_clue (operation_id, clue_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [operation_id, case_id],
        )
    form = {
        "plan": operation.plan,
        "members": "、".join(operation.members) or "综合部门",
        "planned_on": operation.planned_on.isoformat(),
    }
    return transition(case_id, "plan", acting=acting, moment=moment, form=form)


def name_operator(case_id: int, person: str, phone: str) -> None:
    """Put down who trades there, sealed; a page shows the first character and the ends of the number."""
    operator = Clue.objects.select_related("operator").get(pk=case_id).operator
    operator.person = seal(
        {"name": person, "phone": phone}, key=OPERATORS, belongs_to=f"operator {operator.pk}"
    )
    operator.person_shown = " ".join(filter(None, (masked_name(person), masked_phone(phone))))[:60]
    operator.person_mark, operator.phone_mark = mark(person, of="person"), mark(phone, of="phone")
    operator.save(update_fields=["person", "person_shown", "person_mark", "phone_mark"])
