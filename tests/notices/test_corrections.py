"""What a version of the rules touches is listed for a decision; nothing changes by itself."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from gongzhi.flow.errors import FormInvalidError, NotAllowedError, NotPossibleError
from gongzhi.notices import corrections, graph
from gongzhi.notices.models import Correction, Touched
from gongzhi.notices.rules import Matter, touched
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.rulebooks.models import Book
from tests.loop.city import FOOD, HAIRDRESSER, TOBACCO, City, door
from tests.rulebooks.drafting import FERRY, draft, propose, put, tried

FRUIT = "神奇果零售"


def approved(city: City, *rows: dict[str, str]) -> Book:
    """A version with these rows takes force today."""
    book = draft(city)
    for row in rows:
        put(city, book, row, was=row["rule"] if _stands(city, book, row["rule"]) else None)
    tried(city, book)
    propose(city, book, city.moment.today)
    city.act("city_office", book.pk, "approve", words="同意")
    return book


def in_force(city: City, *rows: dict[str, str]) -> Correction:
    """A version with these rows takes force today, and what it touches is listed."""
    book = approved(city, *rows)
    with acting_as(SYSTEM):
        correction = Correction.objects.get(book=book.pk)
    corrections.go_through(correction.pk, clock=lambda: city.now)
    with acting_as(SYSTEM):
        correction.refresh_from_db()
    return correction


def _stands(city: City, book: Book, rule: str) -> bool:
    from gongzhi.rulebooks.queries import texts_of  # noqa: PLC0415
    from gongzhi.rulebooks.tables import row_in  # noqa: PLC0415

    with acting_as(SYSTEM):
        return row_in(texts_of(book), "rules", rule) is not None


def matters(city: City, who: str = "") -> list[Touched]:
    with acting_as(city.people[who] if who else SYSTEM):
        return list(Touched.objects.select_related("correction").order_by("pk"))


def journals(city: City, business: int) -> list[int]:
    return [case.seq for case in city.notices(business)]


def test_what_a_version_touches_at_a_business() -> None:
    sure, review = {"A": "sure"}, {"A": "review"}
    assert touched({1: ["A"]}, (), sure, {}) == (Matter("no_longer", 1, ("A",)),)
    assert touched({1: ["A"]}, (), sure, review) == (Matter("otherwise", 1, ("A",)),)
    assert touched({}, (), {}, sure) == (Matter("missing", None, ("A",)),)
    assert touched({2: []}, (), {}, sure) == (Matter("missing", 2, ("A",)),)
    # Nobody is asked about what a department has answered for, or about what neither version called for.
    assert touched({}, ("A",), {}, sure) == ()
    assert touched({1: ["B"]}, (), sure, sure) == ()
    assert touched({1: ["B"]}, (), {}, {}) == ()


def test_what_nobody_was_told_of_is_listed_and_nothing_changes_by_itself(city: City) -> None:
    business = city.register(scope=FRUIT)
    before = journals(city, business)
    correction = in_force(city, FERRY)

    (matter,) = matters(city)
    assert (correction.state, matter.kind, matter.permits, matter.decision) == (
        "done",
        "missing",
        [TOBACCO],
        None,
    )
    assert matter.after == {TOBACCO: ["sure", FERRY["rule"]]}
    assert matter.before == {}
    assert journals(city, business) == before


def test_a_notice_is_sent_by_decision_and_the_line_on_the_claim_list_ends(city: City) -> None:
    business = city.register(scope=FRUIT)
    in_force(city, FERRY)
    (matter,) = matters(city)
    with acting_as(city.people["registrar"]) as acting:
        corrections.decide(matter.pk, "send", "按新规则应告知", acting=acting, moment=city.moment)

    listed, sent = city.notices(business)
    assert (listed.state, sent.state, sent.department) == (graph.WITHDRAWN, graph.DELIVERED, "tobacco")
    assert city.permits(sent.id) == {TOBACCO}
    (matter,) = matters(city)
    assert (matter.decision, matter.words, matter.decided_by) == (
        "send",
        "按新规则应告知",
        "岗位registrar registrar的人",
    )


def test_what_is_no_longer_called_for_is_withdrawn_or_kept_by_decision_with_the_words_in_its_journal(
    city: City,
) -> None:
    in_force(city, FERRY)
    city.go_to(date(2026, 10, 12))
    first = city.register(sure=[TOBACCO, FOOD], scope=FRUIT)
    second = city.register(sure=[TOBACCO], scope=FRUIT, name="莞城虚拟灵果店")
    third = city.register(sure=[FOOD], scope="餐饮服务")
    in_force(city, {**FERRY, "objects": "仙桃"})

    found = {matter.business_id: matter for matter in matters(city) if matter.correction.number == 2}
    assert set(found) == {first, second}
    assert {matter.kind for matter in found.values()} == {"no_longer"}
    tobacco = city.notice(first, "tobacco")
    with acting_as(city.people["registrar"]) as acting:
        corrections.decide(found[first].pk, "withdraw", "规则更正", acting=acting, moment=city.moment)
        corrections.decide(found[second].pk, "keep", "该户确有烟草", acting=acting, moment=city.moment)

    assert city.case(tobacco.id).state == graph.WITHDRAWN
    assert city.notice(first, "market").is_open
    kept = city.notice(second, "tobacco")
    assert kept.is_open
    last = city.journal(kept.id)[-1]
    assert (last.action, last.form["words"], last.post_id) == ("uphold", "该户确有烟草", acting.post_id)
    assert city.notices(third)[0].is_open


def test_a_matter_is_decided_once_with_reasons_by_who_may(city: City) -> None:
    city.register(scope=FRUIT)
    in_force(city, FERRY)
    (matter,) = matters(city)
    with acting_as(city.people["town_office"]) as acting, pytest.raises(NotAllowedError):
        corrections.decide(matter.pk, "none", "不涉及", acting=acting, moment=city.moment)
    with acting_as(city.people["city_office"]) as acting:
        with pytest.raises(FormInvalidError):
            corrections.decide(matter.pk, "none", "  ", acting=acting, moment=city.moment)
        with pytest.raises(NotPossibleError):
            corrections.decide(matter.pk, "withdraw", "不涉及", acting=acting, moment=city.moment)
        corrections.decide(matter.pk, "none", "不涉及", acting=acting, moment=city.moment)
        with pytest.raises(NotPossibleError, match=corrections.ALREADY):
            corrections.decide(matter.pk, "send", "又想发", acting=acting, moment=city.moment)


def test_the_city_office_may_send_as_well(city: City) -> None:
    business = city.register(scope=FRUIT)
    in_force(city, FERRY)
    with acting_as(city.people["city_office"]) as acting:
        corrections.decide(matters(city)[0].pk, "send", "应告知", acting=acting, moment=city.moment)
    assert city.notice(business, "tobacco").state == graph.DELIVERED


def test_nobody_withdraws_so_what_no_version_touches(city: City) -> None:
    business = city.register(sure=[FOOD])
    notice = city.notice(business)
    with pytest.raises(NotPossibleError, match=graph.NOT_LISTED):
        city.act("registrar", notice.id, "retract", words="想撤")
    with pytest.raises(NotPossibleError, match=graph.NOT_LISTED):
        city.act("registrar", notice.id, "uphold", words="想留")


def test_a_town_sees_and_decides_only_its_own_matters(city: City) -> None:
    from tests.loop.city import OTHER_GRID  # noqa: PLC0415

    mine = city.register(scope=FRUIT)
    other = city.register(scope=FRUIT, at=door(OTHER_GRID))
    in_force(city, FERRY)
    assert [matter.business_id for matter in matters(city, "registrar")] == [mine]
    assert [matter.business_id for matter in matters(city, "other_registrar")] == [other]
    (foreign,) = matters(city, "other_registrar")
    with acting_as(city.people["registrar"]) as acting, pytest.raises(Touched.DoesNotExist):
        corrections.decide(foreign.pk, "send", "不该我办", acting=acting, moment=city.moment)


def test_listing_again_lists_nothing_twice(city: City) -> None:
    city.register(scope=FRUIT)
    correction = in_force(city, FERRY)
    with acting_as(SYSTEM):
        Correction.objects.filter(pk=correction.pk).update(state="running", reached=0)
    corrections.go_through(correction.pk, clock=lambda: city.now)
    assert len(matters(city)) == 1


def test_without_a_pass_no_matter_is_read(city: City) -> None:
    city.register(scope=FRUIT)
    in_force(city, FERRY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM notices_touched) + (SELECT count(*) FROM notices_correction)"
        )
        assert cursor.fetchone() == (0,)


def test_the_worker_is_told_when_a_version_takes_force(city: City) -> None:
    in_force(city, {**FERRY, "permits": HAIRDRESSER})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notices.go_through_city'")
        assert cursor.fetchone() == (1,)


def test_a_listing_rests_when_stopped_and_goes_on_where_it_was(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "_PAGE", 1)
    for number in range(3):
        city.register(scope=FRUIT, name=f"莞城虚拟灵果{number}店")
    book = approved(city, FERRY)
    with acting_as(SYSTEM):
        correction = Correction.objects.get(book=book.pk)
    asked = 0

    def clock() -> datetime:
        nonlocal asked
        asked += 1
        if asked == 2:  # the first business was looked at
            Correction.objects.filter(pk=correction.pk).update(state="stopped")
        return city.now

    corrections.go_through(correction.pk, clock=clock)
    assert (_state(correction), len(matters(city))) == (("stopped", 1), 1)
    corrections.go_through(correction.pk, clock=lambda: city.now)
    assert (_state(correction), len(matters(city))) == (("stopped", 1), 1)

    with acting_as(city.people["city_registrar"]) as acting:
        assert corrections.go_on(correction.pk, acting=acting, moment=city.moment)
        assert not corrections.go_on(correction.pk, acting=acting, moment=city.moment)
    corrections.go_through(correction.pk, clock=lambda: city.now)
    assert (_state(correction), len(matters(city))) == (("done", 3), 3)
    with acting_as(city.people["city_registrar"]) as acting:
        corrections.stop(correction.pk, acting=acting, moment=city.moment)
    assert _state(correction) == ("done", 3)


@pytest.mark.parametrize("who", ["market", "registrar"])
def test_who_decides_no_correction_or_only_one_towns_stops_none(city: City, who: str) -> None:
    city.register(scope=FRUIT)
    book = approved(city, FERRY)
    with acting_as(SYSTEM):
        correction = Correction.objects.get(book=book.pk)
    with acting_as(city.people[who]) as acting:
        with pytest.raises(NotAllowedError):
            corrections.stop(correction.pk, acting=acting, moment=city.moment)
        with pytest.raises(NotAllowedError):
            corrections.go_on(correction.pk, acting=acting, moment=city.moment)
        # Nor by raw SQL: the database refuses the row.
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Correction.objects.filter(pk=correction.pk).update(state="stopped")
    assert _state(correction) == ("waiting", 0)


def _state(correction: Correction) -> tuple[str, int]:
    with acting_as(SYSTEM):
        correction.refresh_from_db()
    return correction.state, correction.done
