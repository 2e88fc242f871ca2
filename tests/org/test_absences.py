"""Somebody is away and somebody stands in: for those days, said by who looks after the grid, two at once or one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from gongzhi.org import absences, presence
from gongzhi.org.absences import AbsenceRefusedError, NotLookedAfterError, When
from gongzhi.org.access import acting_as, acting_for, posts_of
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Absence, Person, Post
from gongzhi.org.roles import Role
from gongzhi.org.rules import Days, Kind, Refusal
from tests.loop.away import FRIDAY, MONDAY, WEDNESDAY, back, name, say
from tests.loop.city import (
    CITY,
    GRID,
    NEXT_GRID,
    NEXT_VILLAGE,
    TOWN,
    VILLAGE,
    City,
)


def posts(city: City, who: str, on: date) -> list[tuple[str, str]]:
    """The posts that somebody may act as on a day."""
    with acting_as(SYSTEM):
        person = Post.objects.get(pk=city.people[who].post_id).person_id
        return [(post.role, post.area) for post in posts_of(person, on)]


OWN, OTHER = ("officer", NEXT_GRID), ("officer", GRID)


def test_a_substitute_holds_the_grid_on_those_days_and_on_no_others(city: City) -> None:
    say(city, first=WEDNESDAY, substitute="next_officer")
    held = {day: posts(city, "next_officer", day) for day in (MONDAY, WEDNESDAY, FRIDAY, date(2026, 9, 26))}
    assert held == {MONDAY: [OWN], WEDNESDAY: [OWN, OTHER], FRIDAY: [OWN, OTHER], date(2026, 9, 26): [OWN]}


def test_a_post_that_is_only_given_today_was_not_held_yesterday(city: City) -> None:
    absence = say(city)
    city.go_to(WEDNESDAY)
    name(city, absence, "next_officer")
    assert posts(city, "next_officer", MONDAY) == [OWN]
    assert posts(city, "next_officer", WEDNESDAY) == [OWN, OTHER]


def test_who_is_back_early_has_the_grid_alone_again(city: City) -> None:
    absence = say(city, substitute="next_officer")
    city.go_to(WEDNESDAY)
    back(city, absence, WEDNESDAY)
    assert posts(city, "next_officer", WEDNESDAY) == [OWN]
    assert say(city, first=WEDNESDAY).pk != absence.pk
    with pytest.raises(AbsenceRefusedError) as refused:
        back(city, absence, FRIDAY)
    assert refused.value.refusal is Refusal.ENDED_ALREADY


def test_what_is_taken_back_before_it_began_leaves_nothing_behind(city: City) -> None:
    absence = say(city, first=WEDNESDAY, substitute="next_officer")
    back(city, absence, WEDNESDAY)
    assert posts(city, "next_officer", WEDNESDAY) == [OWN]
    say(city, first=WEDNESDAY, substitute="next_officer")
    assert posts(city, "next_officer", WEDNESDAY) == [OWN, OTHER]


@pytest.mark.parametrize(
    ("first", "last"), [(MONDAY, MONDAY), (FRIDAY, date(2026, 9, 30)), (WEDNESDAY, WEDNESDAY)]
)
def test_overlapping_absences_of_one_post_are_refused(city: City, first: date, last: date) -> None:
    say(city)
    with pytest.raises(AbsenceRefusedError) as refused:
        say(city, first=first, last=last)
    assert refused.value.refusal is Refusal.OVERLAPS
    assert "2026-09-21" in refused.value.about


def test_nobody_stands_in_who_is_away_nor_is_away_while_standing_in(city: City) -> None:
    say(city, "next_officer", WEDNESDAY, WEDNESDAY)
    with pytest.raises(AbsenceRefusedError) as refused:
        say(city, substitute="next_officer")
    assert refused.value.refusal is Refusal.SUBSTITUTE_AWAY
    # The whole of what was said is taken back with it.
    with acting_as(SYSTEM):
        assert not Absence.objects.filter(post=city.people["officer"].post_id).exists()
    say(city, first=date(2026, 9, 24), substitute="next_officer")
    with pytest.raises(AbsenceRefusedError) as refused:
        say(city, "next_officer", FRIDAY, FRIDAY)
    assert refused.value.refusal is Refusal.STANDS_IN


@pytest.mark.parametrize(
    ("substitute", "refusal"),
    [
        ("officer", Refusal.SAME_PERSON),
        ("other_officer", Refusal.NOT_NEAR),
        ("village", Refusal.NOT_NEAR),
        ("market", Refusal.NOT_NEAR),
    ],
)
def test_only_somebody_of_the_same_work_nearby_stands_in(
    city: City, substitute: str, refusal: Refusal
) -> None:
    with pytest.raises(AbsenceRefusedError) as refused:
        say(city, substitute=substitute)
    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    "by",
    ["officer", "next_officer", "market", "registrar", "other_village", "other_town_office", "administrator"],
)
def test_nobody_else_says_that_an_officer_is_away(city: City, by: str) -> None:
    absence = say(city)
    with pytest.raises(NotLookedAfterError):
        say(city, "next_officer", by=by)
    for write in (
        lambda: name(city, absence, "next_officer", by=by),
        lambda: back(city, absence, FRIDAY, by=by),
    ):
        with pytest.raises((NotLookedAfterError, Absence.DoesNotExist)):
            write()


def test_the_town_and_the_city_may_say_it_too(city: City) -> None:
    assert say(city, by="town_office").said_by.startswith("岗位town_office")
    assert say(city, "next_officer", by="city_office").said_by.startswith("岗位city_office")


def test_a_departments_city_office_speaks_for_its_own_clerks_alone(city: City) -> None:
    with acting_as(SYSTEM):
        person = Person.objects.create_person("city_market", "市局的人")
        post = Post.objects.create(
            person=person,
            role=Role.DEPARTMENT,
            area=CITY,
            department_id="market",
            title="市局",
            valid_from=MONDAY,
        )
    city.people["city_market"] = acting_for(post)
    try:
        absence = say(city, "market", by="city_market", substitute="other_market")
        assert posts(city, "other_market", MONDAY)[-1] == ("department", TOWN)
        with pytest.raises(NotLookedAfterError):
            say(city, "tobacco", by="city_market")
        # Another department's clerk of the town does not read who is on leave there.
        for who, sees in (("city_market", True), ("market", True), ("tobacco", False), ("registrar", False)):
            with acting_as(city.people[who]):
                assert Absence.objects.filter(pk=absence.pk).exists() is sees, who
    finally:
        del city.people["city_market"]


def test_postgresql_itself_refuses_two_on_one_day_what_was_said_changed_and_who_may_not_say_it(
    city: City,
) -> None:
    absence = say(city, substitute="next_officer")
    insert = (
        "INSERT INTO org_absence (post_id, role, area, kind, first_day, last_day, said_by, said_at, named_by, ended_by)"
        f" VALUES ({absence.post_id}, 'officer', '{GRID}', 'leave', %s, '2026-12-31', '', now(), '', '')"
    )
    tries = [
        ("village", "23P01", insert, [FRIDAY]),
        ("officer", "GZ202", insert, [date(2026, 12, 1)]),
        ("other_village", "42501", insert, [date(2026, 12, 1)]),
        ("village", "GZ201", "UPDATE org_absence SET named_by = 'x'", []),
        ("village", "42501", "UPDATE org_absence SET last_day = '2026-12-31'", []),
        ("village", "42501", "DELETE FROM org_absence", []),
    ]
    for who, state, statement, values in tries:
        with (
            pytest.raises(DatabaseError) as refused,
            acting_as(city.people[who]),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)
        assert getattr(refused.value.__cause__, "sqlstate", "") == state, (who, statement)


def test_a_village_is_told_of_days_on_which_nobody_is_at_work(city: City) -> None:
    days = [MONDAY, date(2026, 9, 22), WEDNESDAY, date(2026, 9, 24), FRIDAY]

    def bare() -> dict[str, tuple[date, ...]]:
        with acting_as(city.people["village"]):
            return {one.grid: one.days for one in presence.uncovered(VILLAGE, days) if one.manned}

    assert bare() == {}
    absence = say(city, first=WEDNESDAY, last=FRIDAY)
    assert bare() == {GRID: (WEDNESDAY, date(2026, 9, 24), FRIDAY)}
    back(city, absence, FRIDAY)
    assert bare() == {GRID: (WEDNESDAY, date(2026, 9, 24))}
    name(city, absence, "next_officer")
    assert bare() == {}
    with acting_as(SYSTEM):
        person = Person.objects.create_person("second", "第二个人")
        Post.objects.create(person=person, role=Role.OFFICER, area=NEXT_GRID, title="员", valid_from=MONDAY)
    back(city, say(city, "officer", date(2026, 9, 28), date(2026, 9, 29)), date(2026, 9, 28))
    assert bare() == {}


def test_candidates_are_near_free_and_the_nearest_first(city: City) -> None:
    with acting_as(SYSTEM):
        made = {}
        for username, area in (("same", GRID), ("far", NEXT_VILLAGE + "001")):
            person = Person.objects.create_person(username, username)
            made[username] = Post.objects.create(
                person=person, role=Role.OFFICER, area=area, title="员", valid_from=MONDAY
            )
        officer = Post.objects.get(pk=city.people["officer"].post_id)

    def offered(by: str) -> list[str]:
        with acting_as(city.people[by]) as acting:
            days = Days(MONDAY, date(2026, 9, 26))
            return [post.person.username for post in presence.candidates(officer, days, acting=acting)]

    assert offered("village") == ["same", "next_officer"]
    assert offered("town_office") == ["same", "next_officer", "far"]
    absence = say(city, "next_officer", FRIDAY, FRIDAY)
    assert offered("village") == ["same"]
    back(city, absence, FRIDAY)
    assert offered("village") == ["same", "next_officer"]
    with acting_as(SYSTEM):
        Person.objects.filter(username="same").update(is_active=False)
    assert offered("village") == ["next_officer"]


# Two at once: what really commits, on a database of the test's own.


@pytest.fixture
def committed(settled: dict[str, Acting], django_db_blocker: Any) -> Iterator[dict[str, Acting]]:
    with django_db_blocker.unblock():
        yield settled
        with connections["owner"].cursor() as cursor:
            cursor.execute("DELETE FROM org_absence; DELETE FROM org_post WHERE substitutes_id IS NOT NULL")
            cursor.execute(
                "DELETE FROM org_post USING org_person p WHERE p.id = person_id AND p.username LIKE 'new-%'"
            )


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What came of acts made at the same moment, refusals included."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            return act()
        except AbsenceRefusedError as error:
            return error.refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_clerks_who_name_somebody_at_once_one_is_told(
    committed: dict[str, Acting], instant: Any
) -> None:
    people, now = committed, When(instant, MONDAY)
    with acting_as(SYSTEM):
        person = Person.objects.create_person("new-officer", "新来的人")
        third = Post.objects.create(
            person=person, role=Role.OFFICER, area=NEXT_GRID, title="员", valid_from=MONDAY
        )
    village = people["village"]
    with acting_as(village):
        absence = absences.say_away(
            people["officer"].post_id, MONDAY, FRIDAY, Kind.LEAVE, acting=village, when=now
        )

    def naming(substitute: int) -> Callable[[], Any]:
        def run() -> Any:
            with acting_as(village):
                return absences.name_substitute(
                    absence.pk, substitute, acting=village, when=now
                ).substitute_id

        return run

    outcomes = together(naming(people["next_officer"].post_id), naming(third.pk))
    assert outcomes.count(Refusal.NAMED_ALREADY) == 1
    with acting_as(SYSTEM):
        kept = Absence.objects.get(pk=absence.pk)
        assert kept.substitute_id in outcomes
        assert Post.objects.filter(substitutes=people["officer"].post_id).count() == 1


def test_nobody_is_named_and_said_to_be_away_at_the_same_moment(
    committed: dict[str, Acting], instant: Any
) -> None:
    people, now, village = committed, When(instant, MONDAY), committed["village"]
    officer, other = people["officer"].post_id, people["next_officer"].post_id

    def away(post: int, substitute: int | None) -> Callable[[], Any]:
        def run() -> Any:
            with acting_as(village):
                return absences.say_away(
                    post, MONDAY, FRIDAY, Kind.TRAINING, acting=village, when=now, substitute_id=substitute
                ).pk

        return run

    outcomes = together(away(officer, other), away(other, officer))
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    assert len(refused) == 1
    assert refused[0] in {Refusal.STANDS_IN, Refusal.SUBSTITUTE_AWAY}
    with acting_as(SYSTEM):
        assert Absence.objects.count() == 1
