"""Which rules hold on a day, and what a version says; the rules are the same for every post of the city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db import connection

from gongzhi.flow.models import JournalLine
from gongzhi.flow.moment import Moment
from gongzhi.flow.queries import Line, Standing, cases_for, journal_of
from gongzhi.org.access import elevated
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Post
from gongzhi.rulebooks import graph
from gongzhi.rulebooks.models import Book, BookEdit, BookTrial, Remark, TrialScope
from gongzhi.rulebooks.rules import failures
from gongzhi.rulebooks.tables import EXAMPLES, Edit, applied, rows_of, rule_tables, shipped
from gongzhi.scopes import RuleBook, default_book
from gongzhi.scopes.rulebook import TableError

_HANDS = ("open", "edit", "propose")
"""Acts that make somebody one of a draft's authors."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version with how its case stands."""

    book: Book
    case: Standing


def in_force(on: date) -> Book | None:
    """The city's version that holds on a day; None while the shipped tables do. Asks once, inside a transaction."""
    return (
        Book.objects.filter(approved_by__isnull=False, withdrawn=False, valid_from__lte=on)
        .defer("texts")
        .order_by("-valid_from", "-number")
        .first()
    )


def latest_approved() -> Book | None:
    """The version that the next one goes on from: the last to be in force, whether its day has come or not."""
    return (
        Book.objects.filter(approved_by__isnull=False, withdrawn=False)
        .defer("texts")
        .order_by("-valid_from", "-number")
        .first()
    )


def goes_on_from_latest(case_id: int) -> bool:
    """Whether a version stands on the last one approved; otherwise it would undo what that one changed."""
    latest = latest_approved()
    based_on = Book.objects.values_list("based_on_id", flat=True).get(pk=case_id)
    return based_on == (latest.pk if latest else None)


def book_on(on: date) -> RuleBook:
    """The rules that hold on a day, ready to match; answers carry their version.

    Asks the database which version it is, and nothing more once that version has been compiled in this process.
    """
    book = in_force(on)
    return default_book(on) if book is None else _compiled(book.pk, book.version, on)


def book_before(book: Book) -> RuleBook:
    """The rules that held on the day before a version came in force. Raises ValueError when it has no such day."""
    if book.valid_from is None:
        raise ValueError(f"version {book.number} has no day of force")
    return book_on(book.valid_from - timedelta(days=1))


def book_of(book: Book, on: date) -> RuleBook:
    """A version's own rules as they read on a day, in force or not. Raises TableError when they can't be read."""
    if book.texts is not None:
        return _compiled(book.pk, book.version, on)
    return rule_tables(texts_of(book), name_of(book)).on(on)


@lru_cache(maxsize=16)
def _compiled(book_id: int, _version: str, on: date) -> RuleBook:
    book = Book.objects.get(pk=book_id)
    return rule_tables(book.texts or {}, name_of(book)).on(on)


def name_of(book: Book) -> str:
    """What answers call a version before its digest."""
    return f"city-{book.number}"


def texts_of(book: Book | None) -> Mapping[str, str]:
    """All tables of a version: as proposed, or the shipped ones under its edits; None: the shipped ones."""
    if book is None:
        return shipped()
    return book.texts if book.texts is not None else applied(shipped(), edits(book))


def digest_of(book: Book) -> str:
    """The name of a version's tables as they read now; tells whether a trial still counts."""
    return book.version or rule_tables(texts_of(book), name_of(book)).version


def edits(book: Book) -> list[Edit]:
    """The rows by which a version differs from the shipped tables."""
    return [Edit(one.table, one.key, one.row, one.was) for one in edit_rows(book)]


def edit_rows(book: Book) -> list[BookEdit]:
    """The same with who made them, in the order in which they were first made."""
    return list(BookEdit.objects.filter(book=book).order_by("inherited", "id"))


def examples_hold(case_id: int) -> bool:
    """Whether a version answers every stored example as it says."""
    book = Book.objects.get(pk=case_id)
    texts = texts_of(book)
    line = JournalLine.objects.filter(case_id=case_id).order_by("-seq").only("on_day").first()
    try:
        compiled = rule_tables(texts).on(line.on_day if line else date.min)
    except TableError:
        return False
    return not failures(rows_of(texts[EXAMPLES]), compiled)


def had_a_hand(case_id: int, acting: Acting) -> bool:
    """Whether the person who acts has drafted, edited or proposed this version, in any of their posts."""
    posts = Post.objects.filter(person__posts=acting.post_id).values("pk")
    with elevated():
        drew = JournalLine.objects.filter(case_id=case_id, action__in=_HANDS, post_id__in=posts)
        return (
            drew.exists()
            or BookEdit.objects.filter(book=case_id, post_id__in=posts, inherited=False).exists()
        )


def versions(*, moment: Moment) -> list[Version]:
    """Every version, latest first. A version belongs to the whole city, whatever the reader's own area."""
    books = list(Book.objects.defer("texts").select_related("drafted_by", "approved_by").order_by("-number"))
    standing = _standing([book.pk for book in books], moment)
    return [Version(book, standing[book.pk]) for book in books if book.pk in standing]


def version(book_id: int, *, moment: Moment) -> Version | None:
    """One version, or None."""
    book = Book.objects.select_related("drafted_by", "approved_by").filter(pk=book_id).first()
    if book is None:
        return None
    return Version(book, _standing([book_id], moment)[book_id])


def _standing(ids: Sequence[int], moment: Moment) -> dict[int, Standing]:
    with elevated():
        return {case.id: case for case in cases_for(SYSTEM, ids, moment=moment)}


def journal(book_id: int) -> list[Line]:
    """What happened to a version."""
    with elevated():
        return journal_of([book_id])


def open_drafts(*, moment: Moment) -> list[Version]:
    """Versions that may still be edited."""
    return [one for one in versions(moment=moment) if one.case.state in {graph.DRAFT, graph.TESTED}]


def trials(book_id: int) -> list[BookTrial]:
    """The trials of a version, latest first."""
    return list(BookTrial.objects.filter(book_id=book_id).order_by("-id"))


def trial(trial_id: int) -> BookTrial | None:
    """One trial, or None."""
    return BookTrial.objects.select_related("book").filter(pk=trial_id).first()


def trial_scopes(
    trial_id: int, permit: str, *, way: str = "", after: int = 0, size: int = 30
) -> list[TrialScope]:
    """Scopes that a version answers otherwise for a permit (empty: for any), most businesses first.

    `way`: gained, lost, or empty for both. `after` skips so many.
    """
    rows = TrialScope.objects.filter(trial_id=trial_id)
    if permit:
        column = way if way in {"gained", "lost"} else "permits"
        rows = rows.filter(**{f"{column}__contains": [permit]})
    return list(rows.order_by("-businesses", "id")[after : after + size])


def next_number() -> int:
    """The number of the next version, locked against another one being opened meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x67_7A_72_62])
        cursor.execute("SELECT coalesce(max(number), 0) + 1 FROM rulebooks_book")
        return int(cursor.fetchone()[0])


def titles(ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """The numbers and titles of these versions."""
    if not ids:
        return {}
    rows = Book.objects.filter(pk__in=ids).values_list("pk", "number", "title")
    return {pk: {"number": number, "title": title} for pk, number, title in rows}


def remarks(acting: Acting, *, size: int = 20) -> list[Remark]:
    """Remarks that wait for an answer; for who only reads the rules, their own with the answers, latest first."""
    if acting.role in graph.KEEPERS:
        return list(Remark.objects.filter(answered_at__isnull=True).order_by("id")[:size])
    return list(Remark.objects.filter(post_id=acting.post_id).order_by("-id")[:size])
