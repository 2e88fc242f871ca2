"""A version is drafted, tested, proposed, approved by a second person, and holds from its day on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from gongzhi.flow.errors import NotAllowedError, NotPossibleError
from gongzhi.org.access import acting_as, acting_for
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Person, Post
from gongzhi.org.roles import Role
from gongzhi.rulebooks import actions, graph, queries
from gongzhi.rulebooks.actions import RowError
from gongzhi.rulebooks.models import Book, BookEdit
from gongzhi.rulebooks.tables import EXAMPLES, shipped_version
from gongzhi.scopes import match
from tests.loop.city import CITY, City
from tests.rulebooks.drafting import FERRY, draft, in_force, propose, put, retire, shipped_row, tried

SOON = date(2026, 9, 28)


def called(city: City, scope: str, on: date) -> frozenset[str]:
    with acting_as(SYSTEM):
        return match(scope, queries.book_on(on)).sure


def state(city: City, book: Book) -> str:
    return city.case(book.pk).state


def test_the_shipped_tables_hold_until_a_citys_version_does(city: City) -> None:
    with acting_as(SYSTEM):
        assert queries.in_force(city.moment.today) is None
        assert queries.book_on(city.moment.today).version == f"{shipped_version()}/{city.moment.today}"


def test_an_approved_version_holds_from_midnight_of_its_day_and_names_itself_in_answers(city: City) -> None:
    book = in_force(city, FERRY, SOON)

    assert called(city, "神奇果零售", SOON - timedelta(days=1)) == frozenset()
    assert called(city, "神奇果零售", SOON) == {"P024"}
    with acting_as(SYSTEM):
        assert queries.book_on(SOON).version == f"{book.version}/{SOON}"
    assert book.version.startswith("city-1-")


def test_a_version_takes_force_on_its_day_and_not_before(city: City) -> None:
    book = in_force(city, FERRY, SOON)
    with acting_as(SYSTEM):
        assert actions.take_force(moment=city.moment) == []
    assert state(city, book) == graph.APPROVED

    city.go_to(SOON)
    with acting_as(SYSTEM):
        assert actions.take_force(moment=city.moment) == [book.pk]
        assert actions.take_force(moment=city.moment) == []
    assert state(city, book) == graph.IN_FORCE


def test_a_later_version_carries_over_what_the_one_in_force_says(city: City) -> None:
    in_force(city, FERRY)
    city.go_to(date(2026, 10, 12))
    second = in_force(city, {**FERRY, "rule": "P024-91", "objects": "仙桃"})

    assert second.number == 2
    assert called(city, "神奇果零售", city.moment.today) == {"P024"}
    assert called(city, "仙桃零售", city.moment.today) == {"P024"}
    assert called(city, "仙桃零售", date(2026, 10, 11)) == frozenset()


def test_a_row_can_be_retired_and_the_retirement_taken_back(city: City) -> None:
    book = draft(city)
    retire(city, book, "P033-1")
    with acting_as(SYSTEM):
        assert not match("开锁服务", queries.book_of(book, city.moment.today)).sure
    with acting_as(city.people["administrator"]) as acting:
        actions.undo_edit(book, "rules", "P033-1", acting=acting, moment=city.moment)
    with acting_as(SYSTEM):
        assert match("开锁服务", queries.book_of(book, city.moment.today)).sure == {"P033"}
        assert queries.edit_rows(book) == []


def test_a_row_changed_back_to_what_ships_is_no_edit(city: City) -> None:
    book = draft(city)
    row = shipped_row("P033-1")
    put(city, book, {**row, "meaning": "别的说法"}, was="P033-1")
    put(city, book, row, was="P033-1")
    with acting_as(SYSTEM):
        assert queries.edit_rows(book) == []


def test_nothing_is_proposed_untested_and_an_edit_asks_for_another_test(city: City) -> None:
    book = draft(city)
    put(city, book, FERRY)
    with pytest.raises(NotPossibleError):
        propose(city, book, SOON)
    tried(city, book, "神奇果零售")
    assert state(city, book) == graph.TESTED
    put(city, book, {**FERRY, "meaning": "另一种说法"}, was=FERRY["rule"])
    assert state(city, book) == graph.DRAFT


def test_a_trial_of_what_was_edited_meanwhile_does_not_count(city: City) -> None:
    book = draft(city)
    with acting_as(city.people["administrator"]) as acting:
        trial = actions.ask_trial(book, on=city.moment.today, acting=acting, moment=city.moment)
    put(city, book, FERRY)
    from gongzhi.rulebooks.trial import run_trial  # noqa: PLC0415

    run_trial(trial.pk, [], 0, clock=lambda: city.now)
    assert state(city, book) == graph.DRAFT


def test_a_stored_example_that_no_longer_holds_stands_in_the_way(city: City) -> None:
    book = draft(city)
    retire(city, book, "P033-1")
    with acting_as(SYSTEM):
        failed = queries.trial(tried(city, book))
    assert failed is not None
    assert failed.report["failures"]
    assert state(city, book) == graph.DRAFT
    for row in failed.report["failures"]:
        example = {
            "经营范围": row["scope"],
            "应推送": "|".join(code for code, how in row["answered"].items() if how == "sure"),
            "待人判断": "|".join(code for code, how in row["answered"].items() if how == "review"),
            "理由与依据": "试改后的结论",
        }
        put(city, book, example, table=EXAMPLES, was=row["scope"])
    tried(city, book)
    assert state(city, book) == graph.TESTED


def test_a_day_that_has_passed_is_no_day_of_force(city: City) -> None:
    book = draft(city)
    tried(city, book)
    with pytest.raises(NotPossibleError, match=graph.DAY_PASSED):
        propose(city, book, city.moment.today - timedelta(days=1))


def test_what_is_approved_late_does_not_reach_back_before_its_approval(city: City) -> None:
    book = draft(city)
    put(city, book, FERRY)
    tried(city, book)
    propose(city, book, SOON)
    city.go_to(date(2026, 9, 30))
    city.act("city_office", book.pk, "approve", words="同意")
    assert called(city, "神奇果零售", SOON) == frozenset()
    assert called(city, "神奇果零售", date(2026, 9, 30)) == {"P024"}


def test_whoever_drafted_edited_or_proposed_does_not_approve(city: City) -> None:
    book = draft(city)
    put(city, book, FERRY)
    tried(city, book)
    propose(city, book, SOON)
    with pytest.raises(NotPossibleError, match=graph.OWN_DRAFT):
        city.act("administrator", book.pk, "approve", words="同意")
    assert state(city, book) == graph.PROPOSED

    other = draft(city)
    put(city, other, {**FERRY, "rule": "P024-92", "objects": "仙桃"}, who="city_office")
    tried(city, other)
    propose(city, other, SOON)
    with pytest.raises(NotPossibleError, match=graph.OWN_DRAFT):
        city.act("city_office", other.pk, "approve", words="同意")


def test_another_post_of_the_same_person_is_no_second_person(city: City) -> None:
    book = draft(city)
    tried(city, book)
    propose(city, book, SOON)
    with acting_as(SYSTEM):
        person = Person.objects.get(username="administrator")
        post = Post.objects.create(
            person=person, role=Role.CITY_OFFICE, area=CITY, title="兼任", valid_from=date(2026, 1, 1)
        )
        city.people["double"] = acting_for(Post.objects.select_related("person").get(pk=post.pk))
    with pytest.raises(NotPossibleError, match=graph.OWN_DRAFT):
        city.act("double", book.pk, "approve", words="同意")


def test_the_database_refuses_the_drafter_also_where_the_code_would_not(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = draft(city)
    tried(city, book)
    propose(city, book, SOON)
    monkeypatch.setattr(queries, "had_a_hand", lambda *_: False)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        city.act("administrator", book.pk, "approve", words="同意")
    assert state(city, book) == graph.PROPOSED


def test_raw_sql_makes_nobody_an_approver_without_their_own_line(city: City) -> None:
    book = draft(city)
    tried(city, book)
    propose(city, book, SOON)
    approver = Person.objects.get(username="city_office").pk
    with pytest.raises(DatabaseError, match="second person"), acting_as(city.people["administrator"]):
        Book.objects.filter(pk=book.pk).update(approved_by_id=approver)


def test_what_was_approved_is_never_changed(city: City) -> None:
    book = in_force(city, FERRY, SOON)
    with pytest.raises(DatabaseError, match="approved as it is"), acting_as(city.people["administrator"]):
        Book.objects.filter(pk=book.pk).update(valid_from=SOON - timedelta(days=3))
    with pytest.raises(DatabaseError, match="no draft"), acting_as(city.people["administrator"]):
        BookEdit.objects.filter(book=book).delete()


@pytest.mark.parametrize("who", ["registrar", "market", "officer", "town_office", "village"])
def test_others_draft_edit_and_approve_nothing(city: City, who: str) -> None:
    with pytest.raises(NotAllowedError):
        draft(city, who=who)
    book = draft(city)
    with pytest.raises(DatabaseError), acting_as(city.people[who]):
        BookEdit.objects.create(
            book_id=book.pk, table="rules", key="P024-1", row=None, was=None, post_id=0, by="x", at=city.now
        )
    with pytest.raises(DatabaseError), acting_as(city.people[who]):
        Book.objects.filter(pk=book.pk).update(title="别人的")


def test_without_a_pass_no_rule_is_read(city: City) -> None:
    in_force(city, FERRY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rulebooks_book")
        assert cursor.fetchone() == (0,)


def test_every_post_matches_by_the_citys_version(city: City) -> None:
    book = in_force(city, FERRY)
    for who in ("registrar", "officer", "market"):
        with acting_as(city.people[who]):
            assert queries.book_on(city.moment.today).version.startswith(book.version)


def test_a_version_sent_back_is_edited_tested_and_proposed_again(city: City) -> None:
    book = draft(city)
    put(city, book, FERRY)
    tried(city, book)
    propose(city, book, SOON)
    city.act("city_office", book.pk, "reject", words="依据请补全")
    put(city, book, {**FERRY, "basis": "试用办法 第2条"}, was=FERRY["rule"])
    tried(city, book)
    propose(city, book, SOON)
    city.act("city_office", book.pk, "approve", words="同意")
    assert called(city, "灵果批发", SOON) == {"P024"}


def test_a_version_may_be_withdrawn_until_its_day_has_come(city: City) -> None:
    book = in_force(city, FERRY, SOON)
    city.act("city_office", book.pk, "withdraw", words="依据有误")
    assert called(city, "神奇果零售", SOON) == frozenset()

    late = in_force(city, {**FERRY, "rule": "P024-93"}, SOON)
    city.go_to(SOON)
    with pytest.raises(NotPossibleError, match=graph.ALREADY):
        city.act("city_office", late.pk, "withdraw", words="依据有误")


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"permits": "P999"}, "permits", "P999"),
        ({"permits": "P018"}, "permits", "P018"),
        ({"objects": ""}, "objects", "请填写此项"),
        ({"objects": "|"}, "objects", "请填写此项"),
        ({"certainty": "maybe"}, "certainty", "所列选项"),
        ({"deeds": "fly"}, "deeds", "fly"),
        ({"objects": "宠物美容"}, "objects", "形似而不是"),
        ({"valid_from": "2026-13-01"}, "valid_from", "日期"),
        ({"valid_from": "2026-10-01", "valid_to": "2026-09-01"}, "valid_to", "晚于"),
        ({"rule": "P024-1"}, "rule", "已经有了"),
        ({"rule": "编号"}, "rule", "编号"),
        ({"verified": ""}, "verified", "请填写此项"),
    ],
)
def test_a_row_that_cannot_stand_is_refused_politely_and_leaves_nothing(
    city: City, cells: dict[str, str], column: str, said: str
) -> None:
    book = draft(city)
    with pytest.raises(RowError) as refused:
        put(city, book, {**FERRY, **cells})
    assert [problem.column for problem in refused.value.problems] == [column]
    assert said in refused.value.problems[0].said
    with acting_as(SYSTEM):
        assert queries.edit_rows(book) == []


def test_a_rule_is_not_retired_while_an_old_wording_leads_to_it(city: City) -> None:
    book = draft(city)
    put(city, book, FERRY)
    put(city, book, {"old": "老果", "today": "神奇果"}, table="synonyms")
    with pytest.raises(RowError, match="老果"):
        retire(city, book, FERRY["rule"])
    with pytest.raises(RowError, match="老果"):
        put(city, book, {**FERRY, "objects": "灵果"}, was=FERRY["rule"])


def test_a_draft_begun_before_another_was_approved_takes_it_in_before_it_is_proposed(city: City) -> None:
    slow = draft(city)
    put(city, slow, {**FERRY, "rule": "P024-94", "objects": "仙桃"})
    put(city, slow, {**FERRY, "meaning": "自己的说法"})
    in_force(city, FERRY)
    tried(city, slow)
    with pytest.raises(NotPossibleError, match=graph.NOT_LATEST):
        propose(city, slow, SOON)

    with acting_as(city.people["administrator"]) as acting:
        actions.take_over(Book.objects.get(pk=slow.pk), acting=acting, moment=city.moment)
    assert state(city, slow) == graph.DRAFT
    with acting_as(SYSTEM):
        rows = {edit.key: edit for edit in queries.edit_rows(Book.objects.get(pk=slow.pk))}
    assert set(rows) == {"P024-94", FERRY["rule"]}
    assert rows[FERRY["rule"]].row["meaning"] == "自己的说法", "the draft's own edit stays"
    tried(city, slow)
    propose(city, slow, SOON)
    city.act("city_office", slow.pk, "approve", words="同意")
    assert called(city, "神奇果零售；仙桃零售", SOON) == {"P024"}


def test_what_was_proposed_before_another_was_approved_is_sent_back_instead_of_approved(city: City) -> None:
    slow = draft(city)
    tried(city, slow)
    propose(city, slow, SOON)
    in_force(city, FERRY)
    with pytest.raises(NotPossibleError, match=graph.NOT_LATEST):
        city.act("city_office", slow.pk, "approve", words="同意")
    city.act("city_office", slow.pk, "reject", words="请先并入第 2 版")
    assert called(city, "神奇果零售", SOON) == {"P024"}


def test_no_version_takes_force_before_the_last_one_approved(city: City) -> None:
    in_force(city, FERRY, SOON)
    book = draft(city)
    tried(city, book)
    with pytest.raises(NotPossibleError, match=graph.BEFORE_LATEST):
        propose(city, book, SOON - timedelta(days=1))
    propose(city, book, SOON)
