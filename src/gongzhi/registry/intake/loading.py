"""Lays entries beside what is known and writes the difference: one chunk, one transaction, all that follows.

Bulk goes by `COPY` into a temporary table, since `COPY` is not possible into a table with row security.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg import Cursor
from psycopg.types.json import Jsonb

from gongzhi.flow.events import publish
from gongzhi.flow.lists import compact, list_cursor
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.registry.events import Cancelled, Changed, Known, Registered
from gongzhi.registry.intake.matching import Answer
from gongzhi.registry.intake.renumbering import holders, numbers_of, settled
from gongzhi.registry.rules import Entry, Status, Where, Why, counted

STOCK_LIMIT = "registry.stock_after"


@dataclass
class Counts:
    """What became of rows. `where` counts how far businesses that were new or moved could be placed."""

    accepted: int = 0
    unchanged: int = 0
    changed: int = 0
    cancelled: int = 0
    rejected: Counter[Why] = field(default_factory=Counter)
    refused: list[tuple[Entry, Why]] = field(default_factory=list)
    where: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A business as it is known before the chunk, as far as the difference needs it."""

    uscc: str
    id: int
    content: bytes
    status: str
    name: str
    scope: str
    address: str
    kind: str
    established_on: date
    as_of: date
    where: Where


@dataclass(frozen=True, slots=True)
class _Change:
    """A business to be brought up to date: what is different, and where it is now."""

    standing: _Standing
    entry: Entry
    answer: Answer
    where: Where
    fields: tuple[str, ...]


def contents(uscc: Sequence[str]) -> dict[str, bytes]:
    """The digests of what is known of these businesses, by code."""
    with list_cursor() as cursor:
        cursor.execute("SELECT uscc, content FROM registry_business WHERE uscc = ANY(%s)", [list(uscc)])
        return {code: bytes(content) for code, content in cursor.fetchall()}


def load(
    entries: Sequence[Entry],
    answers: Sequence[Answer],
    *,
    source: int | None,
    city: str,
    acting: Acting,
    moment: Moment,
    counts: Counts,
    invented: bool = False,
) -> frozenset[str]:
    """Write a chunk inside the caller's transaction and tell the other rooms what happened.

    The entries' codes differ from each other; `answers` are theirs. Returns the codes and old numbers of them that
    were on file before. Raises django.db.IntegrityError when somebody else registered one of them meanwhile: the
    chunk is then tried again from the start.
    """
    with list_cursor() as cursor:
        numbers = numbers_of(entries)
        held = holders(cursor, numbers)
        known = _standing(cursor, [*(entry.uscc for entry in entries), *numbers])
        fresh: list[tuple[Entry, Answer]] = []
        changes: list[_Change] = []
        written = settled(entries, known, held)
        for stated, entry, answer in zip(entries, written, answers, strict=True):
            if isinstance(entry, Why):
                counts.rejected[entry] += 1
                counts.refused.append((stated, entry))
                continue
            standing = known.get(entry.uscc) or known.get(entry.old_number)
            if standing is None:
                fresh.append((entry, answer))
            elif standing.content == entry.content:
                counts.unchanged += 1
            elif moment.today < standing.as_of:
                counts.rejected[Why.OLDER_THAN_KNOWN] += 1
                counts.refused.append((entry, Why.OLDER_THAN_KNOWN))
            else:
                changes.append(_change(standing, entry, answer))
        ids = _insert(cursor, fresh, source, city, moment, invented)
        _update(cursor, changes, source, city, moment)
    _tell_fresh(ids, fresh, city, acting, moment, counts)
    _tell_changes(changes, city, acting, moment, counts)
    return frozenset(known)


def _standing(cursor: Cursor[Any], codes: list[str]) -> dict[str, _Standing]:
    cursor.execute(
        "SELECT uscc, id, content, status, name, scope, address, kind, established_on, as_of, area, placed,"
        " door_key, method, confidence FROM registry_business WHERE uscc = ANY(%s)",
        [codes],
    )
    return {
        row[0]: _Standing(*row[:2], bytes(row[2]), *row[3:10], where=Where(*row[10:]))
        for row in cursor.fetchall()
    }


def _change(standing: _Standing, entry: Entry, answer: Answer) -> _Change:
    fields = tuple(
        name
        for name in ("uscc", "name", "scope", "address", "status", "kind", "established_on")
        if getattr(standing, name) != getattr(entry, name)
    )
    # An address that is written as before keeps its place: a person may have put it right.
    where = answer.where if "address" in fields else standing.where
    return _Change(standing, entry, answer, where, fields or ("extra",))


_COLUMNS = (
    "id",
    "uscc",
    "name",
    "kind",
    "status",
    "established_on",
    "scope",
    "address",
    "area",
    "door_key",
    "placed",
    "method",
    "confidence",
    "extra",
    "remarks",
    "content",
    "old_number",
)
_TABLE = """
CREATE TEMPORARY TABLE IF NOT EXISTS registry_incoming (
    id bigint, uscc text, name text, kind text, status text, established_on date, scope text, address text,
    area text, door_key text, placed boolean, method text, confidence double precision, extra text,
    remarks text, content bytea, old_number text
) ON COMMIT DELETE ROWS
"""
_TYPES = (
    "int8",
    *("text",) * 4,
    "date",
    *("text",) * 4,
    "bool",
    "text",
    "float8",
    "text",
    "text",
    "bytea",
    "text",
)


def _read(column: str) -> str:
    """JSON comes as the text it already is; the driver would wrap and write every value anew."""
    return f"{column}::jsonb" if column in {"extra", "remarks"} else column


def _copy(cursor: Cursor[Any], rows: Sequence[tuple[int, Entry, Where]], city: str) -> None:
    cursor.execute(_TABLE)
    cursor.execute("TRUNCATE registry_incoming")
    with cursor.copy(f"COPY registry_incoming ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(_TYPES)
        for number, entry, where in rows:
            copy.write_row(
                (
                    number,
                    entry.uscc,
                    entry.name,
                    entry.kind,
                    entry.status,
                    entry.established_on,
                    entry.scope,
                    entry.address,
                    where.area or city,
                    where.door_key,
                    where.placed,
                    where.method,
                    where.confidence,
                    entry.extra,
                    compact(entry.remarks) if entry.remarks else "[]",
                    entry.content,
                    entry.old_number,
                )
            )


def _insert(
    cursor: Cursor[Any],
    fresh: Sequence[tuple[Entry, Answer]],
    source: int | None,
    city: str,
    moment: Moment,
    invented: bool,
) -> list[int]:
    if not fresh:
        return []
    cursor.execute("SELECT nextval('registry_business_id_seq') FROM generate_series(1, %s)", [len(fresh)])
    ids = [row[0] for row in cursor.fetchall()]
    _copy(
        cursor,
        [(number, entry, answer.where) for number, (entry, answer) in zip(ids, fresh, strict=True)],
        city,
    )
    read = ", ".join(map(_read, _COLUMNS))
    cursor.execute(
        f"INSERT INTO registry_business ({', '.join(_COLUMNS)}, invented, first_seen, as_of, source_id)"
        f" SELECT {read}, %s, %s, %s, %s FROM registry_incoming ORDER BY id",
        [invented, moment.today, moment.today, source],
    )
    return ids


def _update(
    cursor: Cursor[Any], changes: Sequence[_Change], source: int | None, city: str, moment: Moment
) -> None:
    if not changes:
        return
    _copy(cursor, [(change.standing.id, change.entry, change.where) for change in changes], city)
    cursor.execute(
        "INSERT INTO registry_version (business_id, name, kind, status, established_on, scope, address, area, placed,"
        " extra, uscc, changed, valid_from, valid_to, ended_by_id)"
        " SELECT b.id, b.name, b.kind, b.status, b.established_on, b.scope, b.address, b.area, b.placed, b.extra,"
        " b.uscc, c.fields, b.as_of, %s, %s FROM registry_business b"
        " JOIN unnest(%s::bigint[], %s::jsonb[]) AS c (id, fields) ON c.id = b.id ORDER BY b.id FOR UPDATE OF b",
        [
            moment.today,
            source,
            [change.standing.id for change in changes],
            [Jsonb(list(change.fields)) for change in changes],
        ],
    )
    sets = ", ".join(f"{name} = i.{_read(name)}" for name in _COLUMNS if name != "id")
    cursor.execute(
        f"UPDATE registry_business b SET {sets}, as_of = %s, source_id = coalesce(%s, b.source_id)"
        " FROM registry_incoming i WHERE b.id = i.id",
        [moment.today, source],
    )


def _known(
    number: int, entry: Entry, answer: Answer, where: Where, city: str, counts_from: date, stock: bool
) -> Known:
    return Known(
        business_id=number,
        uscc=entry.uscc,
        name=entry.name,
        scope=entry.scope,
        match=answer.match,
        address=entry.address,
        door_key=where.door_key,
        area=where.area or city,
        placed=where.placed,
        method=where.method,
        confidence=where.confidence,
        counts_from=counts_from,
        stock=stock,
        candidates=where.candidates,
    )


def _tell_fresh(
    ids: Sequence[int],
    fresh: Sequence[tuple[Entry, Answer]],
    city: str,
    acting: Acting,
    moment: Moment,
    counts: Counts,
) -> None:
    stock_after = moment.limit(STOCK_LIMIT)
    registered = []
    for number, (entry, answer) in zip(ids, fresh, strict=True):
        if Status(entry.status).ended:
            # It ended before anybody here knew it: kept on file, and nothing is open that would have to close.
            counts.cancelled += 1
            continue
        counts.accepted += 1
        counts.where[_how_far(answer.where)] += 1
        counts_from, stock = counted(entry.established_on, moment.today, stock_after)
        registered.append(_known(number, entry, answer, answer.where, city, counts_from, stock))
    if registered:
        event = Registered(businesses=tuple(registered), acting=acting, moment=moment)
        publish(event, acting=acting, moment=moment)


def _tell_changes(
    changes: Sequence[_Change], city: str, acting: Acting, moment: Moment, counts: Counts
) -> None:
    ended: Mapping[str, list[int]] = defaultdict(list)
    scope: list[Known] = []
    address: list[Known] = []
    for change in changes:
        entry = change.entry
        was, now = Status(change.standing.status), Status(entry.status)
        if now.ended and not was.ended:
            counts.cancelled += 1
            ended[now.value].append(change.standing.id)
            continue
        counts.changed += 1
        if now.ended:
            continue
        known = _known(
            change.standing.id, entry, change.answer, change.where, city, moment.today, stock=False
        )
        # A business that comes back has nothing open any more: everything is looked at as if it were another.
        if "scope" in change.fields or was.ended:
            scope.append(known)
        if "address" in change.fields or was.ended:
            address.append(known)
            counts.where[_how_far(change.where)] += 1
    for reason, ids in ended.items():
        _publish(Cancelled(business_ids=tuple(ids), reason=reason, acting=acting, moment=moment))
    if scope or address:
        _publish(Changed(scope=tuple(scope), address=tuple(address), acting=acting, moment=moment))


def _publish(event: Any) -> None:
    publish(event, acting=event.acting, moment=event.moment)


def _how_far(where: Where) -> str:
    """How far an address could be placed: `grid`, `village`, `town`, `city`; `unsure` where a person looks first."""
    if not where.placed:
        return "unsure"
    return {15: "grid", 12: "village", 9: "town"}.get(len(where.area), "city")
