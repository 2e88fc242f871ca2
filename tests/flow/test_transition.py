"""One act: made once, by who may, where it can be made, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from gongzhi.flow.actions import Outcome, transition
from gongzhi.flow.bulk import Opening, open_cases
from gongzhi.flow.errors import (
    FormInvalidError,
    MovedMeanwhileError,
    NoSuchCaseError,
    NotAllowedError,
    NotPossibleError,
)
from gongzhi.flow.events import Moved, on, publish, when
from gongzhi.flow.forms import NEEDS_WORDS, NOT_A_CHOICE, NOT_A_DATE, REQUIRED, TOO_LONG
from gongzhi.flow.moment import Moment
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role
from tests.flow.conftest import (
    GRID,
    OFFICER,
    OTHER_OFFICER,
    OTHER_TOWN,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_TEAM,
    post,
)
from tests.flow.toy import TOY, registered

pytestmark = pytest.mark.usefixtures("kernel")

Open = Callable[..., int]


def lines(case_id: int) -> list[tuple[int, str, str, int, str]]:
    """The journal of a case: line, action, state after it, post, who."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            'SELECT seq, action, target, post_id, "by" FROM flow_journal WHERE case_id = %s ORDER BY seq',
            [case_id],
        )
        return cursor.fetchall()


def case(case_id: int) -> tuple[object, ...]:
    """State, area, holder, open."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT state, area, holder, is_open FROM flow_case WHERE id = %s", [case_id])
        return cursor.fetchone()


def act(case_id: int, action: str, acting: Acting, moment: Moment, **more: object) -> Outcome:
    """One act in a transaction of its own."""
    with acting_as(acting):
        return transition(case_id, action, acting=acting, moment=moment, **more)


def test_an_act_moves_the_case_and_signs_its_line(opened: Open, moment: Moment) -> None:
    case_id = opened()
    made = act(case_id, "finish", OFFICER, moment, form={"words": "看过了"})
    assert made == Outcome(case_id=case_id, seq=2, state="done")
    assert case(case_id) == ("done", GRID, None, False)
    assert lines(case_id) == [(1, "start", "doing", 0, "系统"), (2, "finish", "done", 1, "officer 李娜")]


def test_the_same_request_again_answers_what_the_first_did(opened: Open, moment: Moment) -> None:
    case_id = opened()
    first = act(case_id, "note", OFFICER, moment, form={"words": "到过"}, client_key="k1")
    act(case_id, "finish", OFFICER, moment, form={"words": "好"})
    again = act(case_id, "note", OFFICER, moment, form={"words": "到过"}, client_key="k1")
    assert not first.replayed
    assert again == Outcome(case_id=case_id, seq=2, state="doing", replayed=True)
    assert len(lines(case_id)) == 3


def test_the_same_request_again_is_known_though_it_names_the_line_it_had_read(
    opened: Open, moment: Moment
) -> None:
    case_id = opened()
    sent = {"form": {"words": "到过"}, "client_key": "k1", "expected_seq": 1}
    assert not act(case_id, "note", OFFICER, moment, **sent).replayed
    assert act(case_id, "note", OFFICER, moment, **sent) == Outcome(
        case_id=case_id, seq=2, state="doing", replayed=True
    )
    assert len(lines(case_id)) == 2


def test_a_key_that_comes_back_from_a_later_line_is_no_repetition_and_adds_nothing(
    opened: Open, moment: Moment
) -> None:
    case_id = opened()
    act(case_id, "note", OFFICER, moment, client_key="k1", expected_seq=1)
    with pytest.raises(NotPossibleError):
        act(case_id, "note", OFFICER, moment, client_key="k1", expected_seq=2)
    assert len(lines(case_id)) == 2


def test_a_door_may_know_that_an_answer_names_nothing(opened: Open, moment: Moment) -> None:
    case_id = opened()
    with pytest.raises(FormInvalidError) as refused:
        act(case_id, "note", OFFICER, moment, unknown=lambda form: {form.fields[0].name: NOT_A_CHOICE})
    assert NOT_A_CHOICE in refused.value.errors.values()
    assert len(lines(case_id)) == 1


def test_a_key_belongs_to_one_case(opened: Open, moment: Moment) -> None:
    one, other = opened(), opened()
    for case_id in (one, other):
        assert not act(case_id, "note", OFFICER, moment, client_key="same").replayed


def test_who_read_an_old_line_is_told_who_moved_the_case_and_when(opened: Open, moment: Moment) -> None:
    case_id = opened()
    act(case_id, "note", OFFICER, moment)
    with pytest.raises(MovedMeanwhileError) as told:
        act(case_id, "finish", OFFICER, moment, form={"words": "好"}, expected_seq=1)
    assert (told.value.by, told.value.action, told.value.at) == ("officer 李娜", "note", moment.at)
    assert told.value.state == "doing"
    assert act(case_id, "finish", OFFICER, moment, form={"words": "好"}, expected_seq=2).seq == 3


def test_another_role_may_not_act(opened: Open, moment: Moment) -> None:
    case_id = opened()
    with pytest.raises(NotAllowedError):
        act(case_id, "finish", VILLAGE_TEAM, moment, form={"words": "好"})
    assert len(lines(case_id)) == 1


def test_what_is_not_an_edge_there_is_not_possible(opened: Open, moment: Moment) -> None:
    case_id = opened()
    with pytest.raises(NotPossibleError) as told:
        act(case_id, "answer", TOWN_OFFICE, moment)
    assert (told.value.action, told.value.state, told.value.reason) == ("answer", "doing", "")


def test_a_guard_refuses_with_its_reason(opened: Open, moment: Moment) -> None:
    case_id = opened()
    with pytest.raises(NotPossibleError, match="请先写明结果"):
        act(case_id, "finish", OFFICER, moment)
    assert len(lines(case_id)) == 1


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({}, {"reason": REQUIRED}),
        ({"reason": "  "}, {"reason": REQUIRED}),
        ({"reason": "made up"}, {"reason": NOT_A_CHOICE}),
        ({"reason": "other"}, {"words": NEEDS_WORDS}),
        ({"reason": "unclear", "words": "长" * 21}, {"words": TOO_LONG}),
        ({"reason": "unclear", "on": "21.9.2026"}, {"on": NOT_A_DATE}),
        ({"on": "2026-13-01", "words": "长" * 21}, {"reason": REQUIRED, "words": TOO_LONG, "on": NOT_A_DATE}),
    ],
)
def test_a_form_is_refused_field_by_field(
    form: dict[str, str], errors: dict[str, str], opened: Open, moment: Moment
) -> None:
    case_id = opened()
    with pytest.raises(FormInvalidError) as told:
        act(case_id, "ask", OFFICER, moment, form=form)
    assert told.value.errors == errors
    assert len(lines(case_id)) == 1


def test_the_journal_keeps_the_form_without_what_nobody_asked(opened: Open, moment: Moment) -> None:
    case_id = opened()
    given = {"reason": "other", "words": " 门牌\x00不清 ", "on": "2026-09-21", "state": "done", "hash": "x"}
    act(case_id, "ask", OFFICER, moment, form=given, facts={"seen": 2})
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT form = %s::jsonb FROM flow_journal WHERE case_id = %s AND seq = 2", [
            '{"reason": "other", "words": "门牌不清", "on": "2026-09-21", "seen": 2}', case_id])  # fmt: skip
        assert cursor.fetchone() == (True,)


def test_a_case_elsewhere_is_no_case_to_this_post(opened: Open, moment: Moment) -> None:
    case_id = opened()
    with pytest.raises(NoSuchCaseError):
        act(case_id, "finish", OTHER_OFFICER, moment, form={"words": "好"})
    other_department = post(8, Role.DEPARTMENT, VILLAGE, "周伟", "food")
    theirs = opened(department="market")
    with pytest.raises(NoSuchCaseError):
        act(theirs, "note", other_department, moment)
    with pytest.raises(NoSuchCaseError):
        act(999_999_999, "finish", OFFICER, moment)


def test_a_case_can_be_handed_out_of_sight(opened: Open, moment: Moment) -> None:
    case_id = opened()
    made = act(case_id, "hand_over", VILLAGE_TEAM, moment, form={"area": OTHER_TOWN + "001001"})
    assert made.seq == 2
    assert case(case_id) == ("doing", OTHER_TOWN + "001001", VILLAGE_TEAM.post_id, True)
    with pytest.raises(NoSuchCaseError):
        act(case_id, "hand_over", VILLAGE_TEAM, moment, form={"area": GRID})
    act(case_id, "note", OTHER_OFFICER, moment)


def test_a_post_opens_no_case_outside_its_area(moment: Moment) -> None:
    opening = Opening(area=OTHER_TOWN, started_on=moment.today)
    with pytest.raises(Exception, match="row-level security"), acting_as(VILLAGE_TEAM):
        open_cases(TOY, "open", [opening], acting=VILLAGE_TEAM, moment=moment)
    with pytest.raises(NotAllowedError), acting_as(OFFICER):
        open_cases(TOY, "open", [opening], acting=OFFICER, moment=moment)
    with pytest.raises(NotPossibleError), acting_as(SYSTEM):
        open_cases(TOY, "finish", [opening], acting=SYSTEM, moment=moment)


def test_a_reaction_is_part_of_the_act(opened: Open, moment: Moment) -> None:
    case_id = opened()
    with registered(TOY):

        @when("toy", "ask")
        def drop_another(event: Moved) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT (org_scope()).post, txid_current()")
                seen.append((event.case_ids, event.form["reason"], *cursor.fetchone()))

        seen: list[tuple[object, ...]] = []
        with acting_as(OFFICER):
            transition(case_id, "ask", acting=OFFICER, moment=moment, form={"reason": "unclear"})
            with connection.cursor() as cursor:
                cursor.execute("SELECT (org_scope()).post, (org_scope()).low, txid_current()")
                post_after, area_after, transaction_number = cursor.fetchone()
    assert seen == [((case_id,), "unclear", SYSTEM.post_id, transaction_number)]
    assert (post_after, area_after) == (OFFICER.post_id, OFFICER.area)


def test_a_reaction_to_an_act_from_one_state_hears_of_no_other(opened: Open, moment: Moment) -> None:
    case_id = opened()
    heard: list[tuple[str, str]] = []
    with registered(TOY):
        for source in ("doing", "done"):
            when("toy", "note", source=source)(
                lambda event, named=source: heard.append((named, event.source))
            )
        act(case_id, "note", OFFICER, moment)
    assert heard == [("doing", "doing")]


def test_an_error_in_a_reaction_leaves_nothing(opened: Open, moment: Moment) -> None:
    case_id, other = opened(), opened("open")
    with registered(TOY):

        @when("toy", "ask")
        def drop_another(_event: Moved) -> None:
            transition(other, "drop", acting=SYSTEM, moment=moment)

        @when("toy", "ask")
        def fail(_event: Moved) -> None:
            raise RuntimeError("a reaction failed")

        with pytest.raises(RuntimeError, match="a reaction failed"):
            act(case_id, "ask", OFFICER, moment, form={"reason": "unclear"})
    assert (case(case_id)[0], case(other)[0]) == ("doing", "waiting")
    assert (len(lines(case_id)), len(lines(other))) == (1, 1)


def test_after_an_error_caught_at_a_savepoint_the_post_is_no_more_than_it_was(
    opened: Open, moment: Moment
) -> None:
    case_id = opened()
    with registered(TOY):

        @when("toy", "ask")
        def fail(_event: Moved) -> None:
            raise RuntimeError("a reaction failed")

        with acting_as(OFFICER):
            with pytest.raises(RuntimeError), transaction.atomic():
                transition(case_id, "ask", acting=OFFICER, moment=moment, form={"reason": "unclear"})
            with connection.cursor() as cursor:
                cursor.execute("SELECT (org_scope()).post")
                assert cursor.fetchone() == (OFFICER.post_id,)


def test_a_reaction_that_moves_cases_is_reacted_to_in_turn(opened: Open, moment: Moment) -> None:
    case_id, other = opened(), opened("open")
    heard: list[str] = []
    with registered(TOY):

        @when("toy", "ask")
        def drop_another(_event: Moved) -> None:
            transition(other, "drop", acting=SYSTEM, moment=moment)

        @when("toy", "drop", "finish")
        def hear(event: Moved) -> None:
            heard.append(f"{event.action} by {event.acting.role}")

        act(case_id, "ask", OFFICER, moment, form={"reason": "unclear"})
    assert heard == ["drop by system"]
    assert lines(other)[1][1:] == ("drop", "dropped", 0, "系统")


def test_a_declared_reaction_runs_once_for_its_kind_of_event_only(moment: Moment) -> None:
    heard: list[object] = []
    with registered(TOY):
        declared = on(str)(heard.append)
        on(str)(declared)
        with acting_as(OFFICER):
            publish("told", acting=OFFICER, moment=moment)
            publish(7, acting=OFFICER, moment=moment)
    assert heard == ["told"]
