"""The only writers of rule books. What moves a version's case goes through `flow.actions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from gongzhi.flow.actions import transition
from gongzhi.flow.bulk import Opening, open_cases
from gongzhi.flow.errors import NotAllowedError
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Post
from gongzhi.rulebooks import graph
from gongzhi.rulebooks.checking import Problem, check_retired, check_row
from gongzhi.rulebooks.models import Book, BookEdit, BookTrial, Remark
from gongzhi.rulebooks.queries import (
    digest_of,
    edit_rows,
    edits,
    in_force,
    latest_approved,
    name_of,
    next_number,
    texts_of,
)
from gongzhi.rulebooks.tables import TABLES, Row, applied, row_in, rule_tables, shipped, shipped_version
from gongzhi.scopes.rulebook import TableError

_CITY_DIGITS = 4


class RowError(ValueError):
    """A row can't be taken as it is; `problems` says why, column by column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{one.column}: {one.said}" for one in problems))
        self.problems = list(problems)


def open_draft(title: str, basis: str, *, acting: Acting, moment: Moment) -> Book:
    """Begin a version that says what the last one approved says; returns it."""
    before = latest_approved()
    opening = Opening(area=acting.area[:_CITY_DIGITS], started_on=moment.today, form={"title": title})
    (case_id,) = open_cases(graph.GRAPH, "open", [opening], acting=acting, moment=moment)
    book = Book.objects.create(
        case_id=case_id,
        number=next_number(),
        title=title,
        basis=basis,
        based_on=before,
        shipped=shipped_version(),
        drafted_by_id=Post.objects.only("person_id").get(pk=acting.post_id).person_id,
    )
    if before is not None:
        _inherit(book, before, acting)
    return book


def _inherit(book: Book, before: Book, acting: Acting) -> None:
    BookEdit.objects.bulk_create(
        BookEdit(
            book=book, table=one.table, key=one.key, row=one.row, was=one.was, words=one.words,
            inherited=True, post_id=acting.post_id, by=one.by, at=one.at,
        )
        for one in edit_rows(before)
    )  # fmt: skip


def take_over(book: Book, *, acting: Acting, moment: Moment) -> None:
    """Let a draft stand on the last version approved: its rows come along, but for those the draft edits itself.

    Raises RowError when the two can't be read together, or what a move raises.
    """
    latest = latest_approved()
    if latest is None or latest.pk == book.based_on_id:
        return
    _journal(book, {"how": "taken_over", "title": f"{latest.number} {latest.title}"}, acting, moment)
    own = list(BookEdit.objects.filter(book=book, inherited=False))
    BookEdit.objects.filter(book=book).delete()
    _inherit(book, latest, acting)
    for edit in own:
        BookEdit.objects.filter(book=book, table=edit.table, key=edit.key).delete()
        edit.pk = None
        edit.save(force_insert=True)
    Book.objects.filter(pk=book.pk).update(based_on=latest)
    _readable(book, moment.today)


def put_row(
    book: Book,
    table: str,
    row: Mapping[str, str],
    *,
    was: str | None,
    words: str,
    acting: Acting,
    moment: Moment,
) -> None:
    """Add a row to a draft, or change the one that stands under `was`. Raises RowError, or what a move raises."""
    texts = texts_of(book)
    clean = _clean(table, row, texts, was)
    if problems := check_row(table, clean, texts, was=was):
        raise RowError(problems)
    key = was or clean[TABLES[table].key]
    _edit(book, table, key, clean, words, acting, moment)


def retire_row(book: Book, table: str, key: str, *, words: str, acting: Acting, moment: Moment) -> None:
    """Take a row out of a draft. Raises RowError, or what a move raises."""
    if problems := check_retired(table, key, texts_of(book)):
        raise RowError(problems)
    _edit(book, table, key, None, words, acting, moment)


def undo_edit(book: Book, table: str, key: str, *, acting: Acting, moment: Moment) -> None:
    """Let a row of a draft say again what the shipped tables say. Raises RowError when other rows stand on it."""
    _journal(book, {"table": table, "key": key, "how": "undone"}, acting, moment)
    BookEdit.objects.filter(book=book, table=table, key=key).delete()
    _readable(book, moment.today)


def _clean(table: str, row: Mapping[str, str], texts: Mapping[str, str], was: str | None) -> Row:
    """The row's known cells, trimmed; cells that the form does not ask for stay as they were. A key stays, too."""
    before = row_in(texts, table, was) if was is not None else None
    described = TABLES[table]
    clean = dict(before or {})
    for column in described.columns:
        if column.name in row:
            clean[column.name] = str(row[column.name]).replace("\x00", "").strip()
    if was is not None:
        clean[described.key] = was
    return clean


def _edit(
    book: Book, table: str, key: str, row: Row | None, words: str, acting: Acting, moment: Moment
) -> None:
    was = row_in(shipped(), table, key)
    how = "retired" if row is None else "changed" if was else "added"
    _journal(book, {"table": table, "key": key, "how": how, "words": words}, acting, moment)
    standing = BookEdit.objects.filter(book=book, table=table, key=key)
    standing.delete()
    if row != was:
        BookEdit.objects.create(
            book=book, table=table, key=key, row=row, was=was, words=words, post_id=acting.post_id,
            by=acting.signature, at=moment.at,
        )  # fmt: skip
    _readable(book, moment.today)


def _journal(book: Book, facts: Mapping[str, str], acting: Acting, moment: Moment) -> None:
    transition(book.pk, "edit", acting=acting, moment=moment, facts={k: v for k, v in facts.items() if v})


def _readable(book: Book, today: date) -> None:
    """Whether all tables can still be read together. Raises RowError."""
    try:
        rule_tables(texts_of(book)).on(today)
    except TableError as error:
        raise RowError([Problem("", str(error).replace("%", "%%"))]) from None


def ask_trial(book: Book, *, on: date, acting: Acting, moment: Moment) -> BookTrial:
    """Put down that a version is to be tried as it reads now; whoever runs it takes it from there."""
    before = in_force(on)
    return BookTrial.objects.create(
        book=book,
        version=digest_of(book),
        against=before.version if before else shipped_version(),
        on_day=on,
        post_id=acting.post_id,
        by=acting.signature,
        asked_at=moment.at,
        seen_at=moment.at,
    )


def stop_trial(trial_id: int) -> None:
    """Ask a trial to stop; what has not begun yet is stopped at once."""
    still = BookTrial.objects.filter(pk=trial_id)
    if not still.filter(state=BookTrial.State.WAITING).update(state=BookTrial.State.STOPPED):
        still.update(stop_asked=True)


def fix_texts(book: Book) -> None:
    """Keep the whole tables with a version: what was proposed is what will be in force."""
    texts = applied(shipped(), edits(book))
    Book.objects.filter(pk=book.pk).update(
        texts=texts, version=rule_tables(texts, name_of(book)).version, shipped=shipped_version()
    )


def loosen_texts(book_id: int) -> None:
    """Let a version that was sent back be edited again."""
    Book.objects.filter(pk=book_id).update(texts=None, version="", valid_from=None)


def take_force(*, moment: Moment) -> list[int]:
    """Let the approved versions whose day has come be in force; returns their numbers."""
    due = Book.objects.filter(
        approved_by__isnull=False, withdrawn=False, valid_from__lte=moment.today, case__state=graph.APPROVED
    ).order_by("valid_from", "number")
    ids = list(due.values_list("pk", flat=True))
    for book_id in ids:
        transition(book_id, "take_force", acting=SYSTEM, moment=moment)
    return ids


def remark(
    rule: str, scope: str, words: str, *, notice: int | None, acting: Acting, moment: Moment
) -> Remark:
    """Say what is wrong with a rule, for whoever keeps the rules. Raises NotAllowedError."""
    if acting.role not in graph.READERS:
        raise NotAllowedError(f"{acting.role} reads no rules")
    return Remark.objects.create(
        rule=rule,
        scope=scope,
        words=words,
        notice=notice,
        post_id=acting.post_id,
        by=acting.signature,
        at=moment.at,
    )


def answer_remark(remark_id: int, words: str, *, acting: Acting, moment: Moment) -> bool:
    """Answer a remark, once; returns whether this did. Raises NotAllowedError."""
    if acting.role not in graph.KEEPERS:
        raise NotAllowedError(f"{acting.role} keeps no rules")
    still = Remark.objects.filter(pk=remark_id, answered_at__isnull=True)
    return bool(still.update(answer=words, answered_by=acting.signature, answered_at=moment.at))
