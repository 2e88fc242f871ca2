"""台账: the list of all clues, newest first, the sums over it, and how far each stage of clearing has come.

A matter that several departments have is one clue here; its parts are not counted again. Nothing of it is public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db import connection

from gongzhi.clues.models import StagePlan
from gongzhi.clues.numbers import case_of, number_of
from gongzhi.clues.states import STATES, WAITING
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting

PAGE = 30
AGES = (10, 30, 90, 365)
"""Upper ends, in days since it was found, of the spans by which open clues are sorted; older ones come last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilter:
    """What the ledger is narrowed to; empty fields narrow nothing.

    `standing` is open, ended, late, or a state. `stock_before` with `stock` True keeps what was found before that day,
    with False what was found since. `older_than` counts days since it was found.
    """

    area: str = ""
    trade: str = ""
    kind: str = ""
    source: str = ""
    department: str = ""
    result: str = ""
    standing: str = ""
    serious: bool | None = None
    stock: bool | None = None
    stock_before: date | None = None
    found_from: date | None = None
    found_to: date | None = None
    older_than: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line of the ledger, as it is shown and exported."""

    case_id: int
    number: str
    found_on: date
    area: str
    sign: str
    address: str
    person_shown: str
    business: str
    trade: str
    kind: str
    permits: tuple[str, ...]
    serious: bool
    source: str
    state: str
    is_open: bool
    department: str
    due: date | None
    result: str
    closed_on: date | None
    words: str


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page, and where the next one starts (None: this is the last)."""

    rows: tuple[LedgerRow, ...]
    next: str | None


def ledger(
    acting: Acting, wanted: LedgerFilter, *, moment: Moment, after: str = "", size: int = PAGE
) -> LedgerPage:
    """Clues in the post's area, newest first, from behind the place `after` on."""
    narrowed = _narrowed(acting, wanted, moment)
    _standing(narrowed, wanted.standing, moment)
    if after:
        if not after.isdigit():
            raise ValueError(f"{after!r} is no place in this list")
        narrowed.by("k.case_id < {}", int(after))
    # Where a case stands is asked only for what is still open: joined to every clue, cases would be walked from the
    # newest of all down to where the page begins.
    cases = "JOIN flow_case c ON c.id = k.case_id" if wanted.standing in {"late", *WAITING} else ""
    with connection.cursor() as cursor:
        # The page is found on the narrow rows first; all the rest is read for its thirty alone.
        cursor.execute(
            f"WITH page AS MATERIALIZED (SELECT k.case_id FROM clues_clue k {cases} WHERE {narrowed.said}"
            " ORDER BY k.case_id DESC LIMIT %s)"
            " SELECT k.case_id, k.found_on, k.area, o.sign, o.address, o.person_shown, coalesce(b.name, ''), k.trade,"
            " k.kind, k.permits, k.serious, k.source, c.state, c.is_open, k.department, c.due, k.result, c.closed_on,"
            " k.words FROM page p JOIN clues_clue k ON k.case_id = p.case_id JOIN flow_case c ON c.id = p.case_id"
            " JOIN clues_operator o ON o.id = k.operator_id LEFT JOIN registry_business b ON b.id = o.business_id"
            " ORDER BY k.case_id DESC",
            [*narrowed.values, size + 1],
        )
        rows = [_row(row) for row in cursor.fetchall()]
    return LedgerPage(tuple(rows[:size]), str(rows[size - 1].case_id) if len(rows) > size else None)


def _row(row: Sequence[Any]) -> LedgerRow:
    return LedgerRow(row[0], number_of(row[0], row[1].year), *row[1:9], tuple(row[9]), *row[10:])


Grouping = Literal["town", "village", "trade", "kind", "source", "department", "result", "age", "stock"]
_GROUPS: dict[str, str] = {
    "town": "left(k.area, 9)",
    "village": "left(k.area, 12)",
    "trade": "k.trade",
    "kind": "k.kind",
    "source": "k.source",
    "department": "k.department",
    "result": "k.result",
    "stock": "CASE WHEN k.found_on < %(base)s THEN 'stock' ELSE 'new' END",
    "age": "CASE WHEN {ended} THEN 'ended' "
    + " ".join(f"WHEN %(today)s - k.found_on <= {days} THEN '{days}'" for days in AGES)
    + " ELSE 'older' END",
}


@dataclass(frozen=True, slots=True)
class Sum:
    """How many clues of one group there are and where they stand; `found` is the sum of the five after it."""

    key: str
    found: int
    open: int
    closed: int
    dismissed: int
    merged: int
    withdrawn: int
    late: int

    @property
    def cleared(self) -> int:
        """Those that have come to an end in the matter."""
        return self.closed + self.dismissed


def sums(
    acting: Acting, wanted: LedgerFilter, by: Grouping, *, moment: Moment, base: date | None = None
) -> list[Sum]:
    """The ledger summed by area, trade, class, source, department, result, age, or stock against new.

    `base` is the day before which a clue counts as stock. Groups come in the order of their keys; nobody is ranked.
    """
    narrowed = _narrowed(acting, wanted, moment, named=True)
    parts = [
        part.format(key=_GROUPS[by].format(ended=ended), where=narrowed.said)
        for part, ended, standings in (
            (_SUMS_ENDED, "true", {"", "ended", *_FINAL}),
            (_SUMS_OPEN, "false", {"", "open", "late", *WAITING}),
        )
        if wanted.standing in standings
    ]
    values = {f"v{n}": value for n, value in enumerate(narrowed.values)}
    values |= {"today": moment.today, "base": base or moment.today, "state": wanted.standing}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(parts=" UNION ALL ".join(parts)), values)
        return [Sum(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage plan has come: of the `stock` open at the end of its base day so many are `cleared`."""

    plan: StagePlan
    stock: int
    cleared: int
    left_days: int

    @property
    def target(self) -> int:
        """As many as have to be cleared, rounded up."""
        return -int(-self.stock * self.plan.share // 1)

    @property
    def reached(self) -> bool:
        """Whether the stage has what it set out for."""
        return self.cleared >= self.target


def plans(acting: Acting, *, moment: Moment) -> list[Progress]:
    """The stage plans of the post's area and how far each has come, by the last day of the plan."""
    found = StagePlan.objects.filter(area__gte=acting.area, area__lt=acting.area + "~")
    return [progress(plan, moment=moment) for plan in found.order_by("ends_on", "area", "id")]


def progress(plan: StagePlan, *, moment: Moment) -> Progress:
    """How far one stage plan has come. Clues found after the base day neither help nor harm it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE c.closed_on IS NOT NULL AND c.closed_on <= least(%s, %s)"
            " AND c.state IN ('closed', 'not_unlicensed')) FROM clues_clue k JOIN flow_case c ON c.id = k.case_id"
            " WHERE k.part_of_id IS NULL AND c.state NOT IN ('merged', 'withdrawn') AND k.area >= %s AND k.area < %s"
            " AND k.found_on <= %s AND (c.closed_on IS NULL OR c.closed_on > %s)"
            " AND (%s = '' OR k.trade = %s) AND (%s = '' OR k.kind = %s)",
            [
                moment.today,
                plan.ends_on,
                plan.area,
                plan.area + "~",
                plan.base_on,
                plan.base_on,
                plan.trade,
                plan.trade,
                plan.kind,
                plan.kind,
            ],
        )
        stock, cleared = cursor.fetchone()
    return Progress(plan, stock, cleared, max(0, (plan.ends_on - moment.today).days))


@dataclass
class _Narrowed:
    """Conditions and the values that stand in them, numbered or named as the statement needs them."""

    named: bool
    where: list[str]
    values: list[Any]

    def by(self, condition: str, *given: Any) -> None:
        """A condition with {} where each value stands."""
        marks = [f"%(v{len(self.values) + n})s" if self.named else "%s" for n in range(len(given))]
        self.where.append(condition.format(*marks))
        self.values.extend(given)

    @property
    def said(self) -> str:
        """All of them as SQL."""
        return " AND ".join(self.where) or "true"


def _narrowed(acting: Acting, wanted: LedgerFilter, moment: Moment, *, named: bool = False) -> _Narrowed:
    """Everything that the ledger is narrowed to but how a clue stands."""
    # A department has either the clue or a part of it, so each is one matter to it.
    whole = "NOT k.part" if named else "k.part_of_id IS NULL"
    narrowed = _Narrowed(named, [] if acting.department else [whole], [])
    _place(narrowed, acting, wanted)
    for column in ("trade", "kind", "source", "department", "result"):
        if value := getattr(wanted, column):
            narrowed.by(f"k.{column} = {{}}", value)
    if wanted.serious is not None:
        narrowed.where.append("k.serious" if wanted.serious else "NOT k.serious")
    if wanted.number:
        narrowed.by("k.case_id = {}", case_of(wanted.number) or 0)
    _days(narrowed, wanted, moment)
    return narrowed


def _place(narrowed: _Narrowed, acting: Acting, wanted: LedgerFilter) -> None:
    area = wanted.area if wanted.area.startswith(acting.area) else acting.area
    # A page walks the index of a town or village, newest first; a sum reads a range of areas.
    column = None if narrowed.named else {9: "k.town", 12: "k.village", 15: "k.area"}.get(len(area))
    if column:
        narrowed.by(f"{column} = {{}}", area)
    elif area:
        narrowed.by("k.area >= {} AND k.area < {}", area, area + "~")
    if acting.department:
        narrowed.by("k.department = {}", acting.department)


def _days(narrowed: _Narrowed, wanted: LedgerFilter, moment: Moment) -> None:
    if wanted.stock is not None and wanted.stock_before is not None:
        narrowed.by("k.found_on < {}" if wanted.stock else "k.found_on >= {}", wanted.stock_before)
    if wanted.found_from:
        narrowed.by("k.found_on >= {}", wanted.found_from)
    if wanted.found_to:
        narrowed.by("k.found_on <= {}", wanted.found_to)
    if wanted.older_than is not None:
        narrowed.by("k.found_on < {}", moment.today - timedelta(days=wanted.older_than))


def _standing(narrowed: _Narrowed, standing: str, moment: Moment) -> None:
    if standing == "open":
        narrowed.where.append("k.ended = ''")
    elif standing == "ended":
        narrowed.where.append("k.ended <> ''")
    elif standing == "late":
        narrowed.by("k.ended = '' AND c.due < {}", moment.today)
    elif standing in WAITING:
        narrowed.by("k.ended = '' AND c.state = {}", standing)
    elif standing:
        narrowed.by("k.ended = {}", standing)


_FINAL = tuple(state.name for state in STATES if state.final)
_SUMS_ENDED = """
SELECT {key} AS key, count(*) AS found, 0 AS open,
    count(*) FILTER (WHERE k.state IN ('closed', 'part_ended')) AS closed,
    count(*) FILTER (WHERE k.state = 'not_unlicensed') AS dismissed,
    count(*) FILTER (WHERE k.state = 'merged') AS merged, count(*) FILTER (WHERE k.state = 'withdrawn') AS withdrawn,
    0 AS late
FROM (SELECT *, clue_id AS case_id FROM clues_ended) k WHERE {where} AND %(state)s IN ('', 'ended', k.state) GROUP BY 1
"""
_SUMS_OPEN = """
SELECT {key} AS key, count(*) AS found, count(*) AS open, 0 AS closed, 0 AS dismissed, 0 AS merged, 0 AS withdrawn,
    count(*) FILTER (WHERE c.due < %(today)s) AS late
FROM (SELECT *, part_of_id IS NOT NULL AS part FROM clues_clue) k JOIN flow_case c ON c.id = k.case_id
WHERE {where} AND k.ended = ''
    AND (%(state)s IN ('', 'open', c.state) OR %(state)s = 'late' AND c.due < %(today)s) GROUP BY 1
"""
_SUMS = """
SELECT key, sum(found)::int, sum(open)::int, sum(closed)::int, sum(dismissed)::int, sum(merged)::int,
    sum(withdrawn)::int, sum(late)::int
FROM ({parts}) sums GROUP BY key ORDER BY key
"""
