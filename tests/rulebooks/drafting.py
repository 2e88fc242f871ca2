"""A version on its way, by the people of the small city."""

from __future__ import annotations

from datetime import date

from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.rulebooks import actions, queries
from gongzhi.rulebooks.models import Book
from gongzhi.rulebooks.tables import RULES, row_in
from gongzhi.rulebooks.trial import run_trial
from tests.loop.city import City

FERRY = {
    "rule": "P024-90",
    "permits": "P024",
    "objects": "神奇果|灵果",
    "certainty": "sure",
    "meaning": "试用的一条",
    "basis": "试用办法 第1条",
    "verified": "no",
}
"""A rule of no law, on words that no other rule knows."""


def draft(city: City, who: str = "administrator", title: str = "试改") -> Book:
    """A draft that says what the rules in force say."""
    with acting_as(city.people[who]) as acting:
        return actions.open_draft(title, "", acting=acting, moment=city.moment)


def put(
    city: City, book: Book, row: dict[str, str], who: str = "administrator", table: str = RULES, **also: str
) -> None:
    """Add or change a row."""
    with acting_as(city.people[who]) as acting:
        actions.put_row(book, table, row, was=also.get("was"), words="试", acting=acting, moment=city.moment)


def retire(city: City, book: Book, key: str, who: str = "administrator", table: str = RULES) -> None:
    """Take a row out."""
    with acting_as(city.people[who]) as acting:
        actions.retire_row(book, table, key, words="试", acting=acting, moment=city.moment)


def tried(city: City, book: Book, *scopes: str, who: str = "administrator") -> int:
    """The number of a trial of the version, run to its end."""
    with acting_as(city.people[who]) as acting:
        trial = actions.ask_trial(
            Book.objects.get(pk=book.pk), on=city.moment.today, acting=acting, moment=city.moment
        )
    run_trial(trial.pk, [(scope, 1) for scope in scopes], len(scopes), clock=lambda: city.now)
    return trial.pk


def propose(city: City, book: Book, day: date, who: str = "administrator") -> None:
    """Propose it for a day."""
    city.act(who, book.pk, "propose", valid_from=day.isoformat(), words="试用办法 第1条")


def in_force(city: City, row: dict[str, str], day: date | None = None) -> Book:
    """A version with one row more, drafted by the administrator and approved by the city office, in force."""
    book = draft(city)
    put(city, book, row)
    tried(city, book)
    propose(city, book, day or city.moment.today)
    city.act("city_office", book.pk, "approve", words="同意")
    with acting_as(SYSTEM):
        found = queries.version(book.pk, moment=city.moment)
    assert found is not None
    return found.book


def shipped_row(key: str) -> dict[str, str]:
    """A rule as it ships."""
    row = row_in(queries.texts_of(None), RULES, key)
    assert row is not None
    return row
