"""A small invented city on real divisions: two towns, a handful of people, and a registrar who says what we like.

What a scope calls for and where an address lies is stated by the test, so that the loop is tried whatever the rule
book and the address library say this year; the way in is the registry's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import connections

from gongzhi.codes import uscc
from gongzhi.flow.actions import Outcome, transition
from gongzhi.flow.moment import SHANGHAI, Moment, moment_at
from gongzhi.flow.queries import Line, Standing, cases_for, journal_of
from gongzhi.notices import queries as notices
from gongzhi.org.access import acting_as, acting_for
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Person, Post, Section
from gongzhi.org.roles import Role
from gongzhi.registry.intake.checking import Stated, check
from gongzhi.registry.intake.loading import Counts, load
from gongzhi.registry.intake.matching import Answer
from gongzhi.registry.models import Business
from gongzhi.registry.rules import Entry, Where
from gongzhi.scopes import Match, PermitHit
from gongzhi.scopes.matching import Words
from gongzhi.visits import queries as visits
from gongzhi.visits.actions import Found, record_call
from gongzhi.visits.models import VisitedBusiness

CITY = "4419"
TOWN, OTHER_TOWN = "441900006", "441900003"
VILLAGE, NEXT_VILLAGE, OTHER_VILLAGE = TOWN + "003", TOWN + "004", OTHER_TOWN + "001"
GRID, NEXT_GRID, OTHER_GRID = VILLAGE + "001", VILLAGE + "002", OTHER_VILLAGE + "001"

FOOD, TOBACCO, HAIRDRESSER, BOOKS = "P001", "P024", "P058", "P053"
"""Permits of the market, tobacco, health and publicity departments."""

PASSWORD = "春风又绿江南岸-2026"

POSTS: Mapping[str, tuple[Role, str, str | None]] = {
    "city_office": (Role.CITY_OFFICE, CITY, None),
    "city_registrar": (Role.REGISTRAR, CITY, None),
    "registrar": (Role.REGISTRAR, TOWN, None),
    "town_office": (Role.TOWN_OFFICE, TOWN, None),
    "market": (Role.DEPARTMENT, TOWN, "market"),
    "tobacco": (Role.DEPARTMENT, TOWN, "tobacco"),
    "village": (Role.VILLAGE, VILLAGE, None),
    "officer": (Role.OFFICER, GRID, None),
    "next_officer": (Role.OFFICER, NEXT_GRID, None),
    "administrator": (Role.ADMINISTRATOR, CITY, None),
    "other_registrar": (Role.REGISTRAR, OTHER_TOWN, None),
    "other_town_office": (Role.TOWN_OFFICE, OTHER_TOWN, None),
    "other_market": (Role.DEPARTMENT, OTHER_TOWN, "market"),
    "other_tobacco": (Role.DEPARTMENT, OTHER_TOWN, "tobacco"),
    "other_village": (Role.VILLAGE, OTHER_VILLAGE, None),
    "other_officer": (Role.OFFICER, OTHER_GRID, None),
}
AWAY = "publicity"
"""A department that works in another system: what is pushed to it waits for a receipt."""


def settle() -> dict[str, Acting]:
    """Give the city its people, and one department that doesn't work at the desk; commits."""
    with acting_as(SYSTEM):
        for name, (role, area, department) in POSTS.items():
            person = Person.objects.create_person(name, f"{name}的人", PASSWORD)
            Post.objects.create(
                person=person,
                role=role,
                area=area,
                department_id=department,
                title=f"岗位{name}",
                title_en=name,
                valid_from=date(2026, 1, 1),
            )
        posts = Post.objects.select_related("person")
        made = {post.person.username: acting_for(post) for post in posts}
    Section.objects.using("owner").filter(department_id=AWAY).update(channel="exchange")
    connections["owner"].close()
    return made


def door(area: str, address: str = "东正路1号", *, sure: bool = True) -> tuple[str, Where]:
    """An address and where the machine says it lies; `area` as long as it could tell."""
    place = area[:12]
    where = Where(area, sure and len(area) >= 12, f"{place}/{address}", "road-number", 0.97 if sure else 0.4)
    return f"{place} {address}", where


NOWHERE = ("查不到的地方", Where(CITY, placed=False, door_key="", method="none", confidence=0.0))


@dataclass
class City:
    """The city on one day; `go_to` another. Everything happens inside the test's own transaction."""

    people: dict[str, Acting]
    now: datetime
    _made: int = 0
    _last: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def moment(self) -> Moment:
        """Now, with the limits in force."""
        return moment_at(self.now)

    def go_to(self, day: date, hour: int = 10) -> Moment:
        """Let it be another day."""
        self.now = datetime.combine(day, time(hour), tzinfo=SHANGHAI)
        return self.moment

    def register(
        self,
        *,
        sure: Sequence[str] = (),
        review: Sequence[str] = (),
        at: tuple[str, Where] | None = None,
        name: str = "",
        scope: str = "",
        established: date | None = None,
    ) -> int:
        """A business registers, today unless `established` says when; returns its number."""
        self._made += 1
        stated = {
            "uscc": uscc.make("92", "441900", f"XN{self._made:06d}"),
            "name": name or f"虚拟{self._made:03d}号商行",
            "sure": tuple(sure),
            "review": tuple(review),
            "scope": scope,
            "at": at or door(GRID),
            "established": established or self.moment.today,
            "status": "",
        }
        (number,) = self._take([stated])
        return number

    def register_many(self, count: int, **stated: Any) -> list[int]:
        """So many businesses in one file, with what `register` takes."""
        rows = []
        for _ in range(count):
            self._made += 1
            rows.append(
                {
                    "uscc": uscc.make("92", "441900", f"XN{self._made:06d}"),
                    "name": f"虚拟{self._made:03d}号商行",
                    "sure": (),
                    "review": (),
                    "at": door(GRID),
                    "established": self.moment.today,
                    "status": "",
                }
                | stated
            )
        return self._take(rows)

    def change(self, business: int, **stated: Any) -> None:
        """The registrar states something else of a business."""
        self._take([self._last[business] | stated])

    def cancel(self, business: int, status: str = "注销") -> None:
        """The business ends."""
        self.change(business, status=status)

    def _take(self, rows: Sequence[dict[str, Any]]) -> list[int]:
        entries: list[Entry] = []
        for row in rows:
            entry = check([_stated(row)], self.moment.today)[0]
            assert isinstance(entry, Entry), entry
            entries.append(entry)
        answers = [Answer(_match(row["sure"], row["review"]), row["at"][1]) for row in rows]
        with acting_as(SYSTEM):
            load(
                entries,
                answers,
                source=None,
                city=CITY,
                acting=SYSTEM,
                moment=self.moment,
                counts=Counts(),
                invented=True,
            )
            codes = dict(
                Business.objects.filter(uscc__in=[entry.uscc for entry in entries]).values_list("uscc", "id")
            )
        numbers = [codes[row["uscc"]] for row in rows]
        self._last |= dict(zip(numbers, rows, strict=True))
        return numbers

    def act(self, who: str, case: int, action: str, **form: Any) -> Outcome:
        """A person makes an edge."""
        with acting_as(self.people[who]) as acting:
            return transition(case, action, acting=acting, moment=self.moment, form=form)

    def call(
        self,
        who: str,
        visit: int,
        results: Mapping[int, str] | str,
        *,
        client_key: str | None = None,
        expected_seq: int | None = None,
        state: str = "",
    ) -> Outcome:
        """An officer records what was found at each business, or the same at all of them."""
        standing = self.case(visit)
        with acting_as(self.people[who]) as acting:
            if isinstance(results, str):
                results = {row.business_id: results for row in visits.to_call_on(visit)}
            return record_call(
                visit,
                {business: Found(result=result) for business, result in results.items()},
                acting=acting,
                moment=self.moment,
                state=state or standing.state,
                expected_seq=standing.seq if expected_seq is None else expected_seq,
                client_key=client_key,
            )

    def case(self, case: int) -> Standing:
        """How a case stands, whoever may see it."""
        with acting_as(SYSTEM):
            return cases_for(SYSTEM, [case], moment=self.moment)[0]

    def notices(self, business: int) -> list[Standing]:
        """The notices about a business in order of their numbers."""
        with acting_as(SYSTEM):
            return cases_for(SYSTEM, notices.of_business(business), moment=self.moment)

    def notice(self, business: int, department: str | None = "market") -> Standing:
        """The one open notice about a business that lies with a department, or the last that did."""
        found = [case for case in self.notices(business) if case.department == department]
        still = [case for case in found if case.is_open]
        assert len(still) <= 1, still
        return (still or found)[-1]

    def visits(self, business: int) -> list[Standing]:
        """The visits to a business."""
        with acting_as(SYSTEM):
            return cases_for(SYSTEM, visits.of_business(business), moment=self.moment)

    def visit(self, business: int) -> Standing:
        """The last visit to a business."""
        return self.visits(business)[-1]

    def listed(self, visit: int) -> dict[int, VisitedBusiness]:
        """Who is on a visit's list, by business."""
        with acting_as(SYSTEM):
            return {row.business_id: row for row in visits.listed(visit)}

    def journal(self, case: int) -> list[Line]:
        """What happened to a case."""
        with acting_as(SYSTEM):
            return journal_of([case])

    def permits(self, case: int) -> set[str]:
        """The permits that a notice names."""
        with acting_as(SYSTEM):
            return {row.permit for row in notices.permits([case]).get(case, [])}

    def business(self, number: int) -> Business:
        """What is registered of a business."""
        with acting_as(SYSTEM):
            return Business.objects.get(pk=number)


def _stated(row: Mapping[str, Any]) -> Stated:
    scope = row.get("scope") or "；".join([*row["sure"], *row["review"]]) or "软件开发"
    return Stated(
        line=1,
        name=row["name"],
        uscc=row["uscc"],
        established=row["established"].isoformat(),
        scope=scope,
        address=row["at"][0],
        kind="个体工商户",
        status=row["status"],
    )


def _match(sure: Sequence[str], review: Sequence[str]) -> Match:
    hits = []
    start = 0
    for code in [*sure, *review]:
        certainty = "sure" if code in sure else "review"
        words = (Words(code, start, start + len(code)),)
        hits.append(PermitHit(code, certainty, words, f"{code}-1", "", "食品安全法 第35条"))
        start += len(code) + 1
    return Match(tuple(sorted(hits, key=lambda hit: hit.code)), "2026-test")
