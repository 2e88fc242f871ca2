"""Takes in a file of the 12345 hotline: every row is accounted for, and the same file or order again changes nothing.

Who called is kept as with any report: sealed, away from the clue.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection
from psycopg.types.json import Jsonb

from gongzhi.clues.actions import report_many
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.rules.situation import Matched, Situation, Where
from gongzhi.clues.sealing import REPORTERS, mark, seal
from gongzhi.flow.moment import Moment
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.intake.checking import read_date
from gongzhi.registry.intake.reading import RowsOf, Unreadable
from gongzhi.registry.rules import Places
from gongzhi.rulebooks.queries import book_on
from gongzhi.scopes import match_many

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "order_no": ("工单编号", "工单号", "编号", "order_no"),
    "received": ("受理时间", "受理日期", "来电时间", "received"),
    "words": ("诉求内容", "反映内容", "内容", "words"),
    "address": ("事发地点", "地址", "地点", "address"),
    "sign": ("店名", "招牌", "被反映对象", "sign"),
    "name": ("诉求人", "来电人", "姓名", "name"),
    "phone": ("联系电话", "来电号码", "电话", "phone"),
}
"""What each column may be called; `order_no`, `words` and `address` have to be there."""
NEEDED = ("order_no", "words", "address")
WHY: Mapping[str, tuple[str, str]] = {
    "unreadable": ("这一行无法识别", "the row cannot be read"),
    "missing_number": ("缺少工单编号", "the order's number is missing"),
    "missing_matter": ("缺少诉求内容和地点", "both the matter and the place are missing"),
    "number_too_long": ("工单编号过长", "the order's number is too long"),
    "date_unreadable": ("受理时间无法识别", "the day cannot be read"),
    "date_in_future": ("受理时间晚于今天", "the day lies ahead"),
}
"""Why a row was refused."""
LONGEST_NUMBER = 80


class NotHotlineError(ValueError):
    """The file as a whole is not one of the hotline; the message says why in both languages."""


@dataclass(frozen=True, slots=True)
class HotlineOutcome:
    """What became of a file. `rows` is opened + known + refused; `again` when the very file had been read before."""

    rows: int
    opened: int
    known: int
    refused: int
    why: Mapping[str, int]
    again: bool = False


@dataclass(slots=True)
class _Order:
    """One row on its way in, and what became of it."""

    line: int
    values: Mapping[str, str]
    received: date | None = None
    outcome: str = ""
    why: list[str] = field(default_factory=list)
    clue: int | None = None


def read_hotline(path: Path, *, places: Places, city: str, moment: Moment) -> HotlineOutcome:
    """Take in a file in one transaction of the machine. `city` is the city's four digits.

    Raises NotHotlineError, and the reading's own UnreadableFileError and OSError.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with acting_as(SYSTEM):
        if (counts := _read_before(digest)) is not None:
            return counts
        orders = _orders(path, moment.today)
        _tell_known(orders)
        fresh = [order for order in orders if not order.outcome]
        _open(fresh, places, city, moment)
        return _keep(path.name, digest, orders, moment)


def _read_before(digest: str) -> HotlineOutcome | None:
    with connection.cursor() as cursor:
        # Two who hand in the same file at once: the second waits, and finds it read.
        cursor.execute("SELECT pg_advisory_xact_lock(7402123)")
        cursor.execute(
            "SELECT r.outcome, count(*), f.counts FROM clues_hotline_file f LEFT JOIN clues_hotline_row r"
            " ON r.file_id = f.id WHERE f.sha256 = %s GROUP BY r.outcome, f.counts",
            [digest],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    found = Counter({outcome: number for outcome, number, _ in rows if outcome})
    return HotlineOutcome(
        rows=found.total(),
        opened=0,
        known=found["opened"] + found["known"],
        refused=found["refused"],
        why={},
        again=True,
    )


def _orders(path: Path, today: date) -> list[_Order]:
    rows = iter(RowsOf(path))
    heading = next(rows, None)
    if heading is None or isinstance(heading, Unreadable):
        raise NotHotlineError("文件为空或表头无法识别 / the file is empty or its heading cannot be read")
    names = [cell.strip() for cell in heading.cells]
    at = {
        name: next((names.index(title) for title in titles if title in names), None)
        for name, titles in COLUMNS.items()
    }
    if missing := [COLUMNS[name][0] for name in NEEDED if at[name] is None]:
        raise NotHotlineError(f"缺少列：{'、'.join(missing)} / columns are missing: {', '.join(missing)}")
    orders = []
    for row in rows:
        if isinstance(row, Unreadable):
            orders.append(_Order(row.line, {}, outcome="refused", why=["unreadable"]))
            continue
        cells = row.cells
        values = {
            name: cells[place].strip() if place is not None and place < len(cells) else ""
            for name, place in at.items()
        }
        order = _Order(row.line, values)
        order.why = _wrong(order, today)
        order.outcome = "refused" if order.why else ""
        orders.append(order)
    return orders


def _wrong(order: _Order, today: date) -> list[str]:
    values = order.values
    why = []
    if not values["order_no"]:
        why.append("missing_number")
    elif len(values["order_no"]) > LONGEST_NUMBER:
        why.append("number_too_long")
    if not values["words"] and not values["address"]:
        why.append("missing_matter")
    if values["received"]:
        order.received = read_date(values["received"].split(" ")[0].split("T")[0])
        if order.received is None:
            why.append("date_unreadable")
        elif order.received > today:
            why.append("date_in_future")
    return why


def _tell_known(orders: Sequence[_Order]) -> None:
    """Orders of earlier files, and those that this file has twice."""
    fresh = [order for order in orders if not order.outcome]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_no, clue_id FROM clues_hotline_row WHERE order_no = ANY(%s) AND clue_id IS NOT NULL",
            [[order.values["order_no"] for order in fresh]],
        )
        seen: dict[str, int | None] = dict(cursor.fetchall())
    for order in fresh:
        number = order.values["order_no"]
        if number in seen:
            order.outcome, order.clue = "known", seen[number]
        else:
            seen[number] = None


def _open(orders: Sequence[_Order], places: Places, city: str, moment: Moment) -> None:
    if not orders:
        return
    found = places.place_many([order.values["address"] for order in orders])
    matches = match_many([order.values["words"] for order in orders], book_on(moment.today))
    discoveries = [
        Discovery(
            source="hotline",
            source_ref=order.values["order_no"],
            area=where.area or city,
            found_on=order.received or moment.today,
            situation=Situation(
                matched=tuple(Matched(hit.code, sure=False) for hit in match.permits),
                where=Where(area=where.area or city),
            ),
            address=order.values["address"],
            door_key=where.door_key,
            sign=order.values["sign"],
            facts={"order": order.values["order_no"]},
        )
        for order, where, match in zip(orders, found, matches, strict=True)
    ]
    ids = report_many(discoveries, acting=SYSTEM, moment=moment)
    for order, case_id in zip(orders, ids, strict=True):
        order.outcome, order.clue = "opened", case_id
    _keep_reports(orders, [one.area for one in discoveries], moment)


def _keep_reports(orders: Sequence[_Order], areas: Sequence[str], moment: Moment) -> None:
    """The caller's words and name stay with the report, as if they had come to the page."""
    due = moment.calendar.due(moment.today, moment.limit("clue.answer_reporter")).date
    with connection.cursor() as cursor:
        for order, area in zip(orders, areas, strict=True):
            values = order.values
            named = bool(values["name"] or values["phone"])
            cursor.execute(
                "INSERT INTO clues_report (code_mark, area, clue_id, words, named, received_at, answer_due, answer,"
                " answered_by) VALUES (%s, %s, %s, %s, %s, %s, %s, '', '') RETURNING id",
                [
                    mark(f"12345 {values['order_no']}", of="report"),
                    area,
                    order.clue,
                    values["words"][:2000],
                    named,
                    moment.at,
                    due if named else None,
                ],
            )
            report_id = cursor.fetchone()[0]
            if named:
                sealed = seal(
                    {"name": values["name"], "phone": values["phone"]},
                    key=REPORTERS,
                    belongs_to=f"report {report_id}",
                )
                cursor.execute("SELECT clues_keep_identity(%s, %s, %s)", [report_id, area, sealed])


def _keep(name: str, digest: str, orders: Sequence[_Order], moment: Moment) -> HotlineOutcome:
    outcomes = Counter(order.outcome for order in orders)
    why = Counter(reason for order in orders for reason in order.why)
    counts = {"rows": len(orders), **outcomes, "why": dict(sorted(why.items()))}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clues_hotline_file (file_name, sha256, read_at, counts) VALUES (%s, %s, %s, %s) RETURNING id",
            [name[:200], digest, moment.at, Jsonb(counts)],
        )
        file_id = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO clues_hotline_row (file_id, line, order_no, outcome, clue_id, why)"
            " SELECT %s, line, order_no, outcome, clue, why FROM unnest(%s::int[], %s::text[], %s::text[],"
            " %s::bigint[], %s::jsonb[]) AS r (line, order_no, outcome, clue, why)",
            [
                file_id,
                [order.line for order in orders],
                [order.values.get("order_no", "")[:LONGEST_NUMBER] for order in orders],
                [order.outcome for order in orders],
                [order.clue for order in orders],
                [Jsonb(order.why) for order in orders],
            ],
        )
    return HotlineOutcome(
        rows=len(orders),
        opened=outcomes["opened"],
        known=outcomes["known"],
        refused=outcomes["refused"],
        why=dict(sorted(why.items())),
    )
