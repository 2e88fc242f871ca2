"""Reports by the public: taken in without a name or with one, followed by a code that only the reporter has.

Decree 684 art. 9: named reports are answered, and who reported is kept secret. Who they are never enters the clue.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet

from gongzhi.clues import states
from gongzhi.clues.actions import report_clue
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.models import IdentityAccess, Report
from gongzhi.clues.sealing import REPORTERS, mark, opened, seal
from gongzhi.flow.errors import NotAllowedError
from gongzhi.flow.moment import SHANGHAI, Moment
from gongzhi.org.access import acting_as, elevated
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role

READERS = frozenset({Role.REPORT_DESK, Role.REPORT_REWARD})
"""The two roles that may know who reported."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No characters that are mistaken for each other when read out over the telephone."""
CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Received:
    """What the reporter is told: the code, shown once, by which they can ask; and what it became."""

    code: str
    report_id: int
    case_id: int


def receive_report(
    discovery: Discovery,
    *,
    name: str = "",
    phone: str = "",
    photos: Sequence[bytes] = (),
    moment: Moment,
    client_key: str = "",
) -> Received:
    """Take in a report from the public as the machine; opens its own transaction.

    `client_key` names the form that was sent: the same form again is the same report, with the same code.

    `discovery.words` are the reporter's own: they stay with the report, and the clue says only what and where.
    Raises PhotoRefusedError.
    """
    code = _code_of(client_key or secrets.token_hex(20))
    told = replace(discovery, source="public", words="", person="", phone="")
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [mark(code, of="report")])
        cursor.execute("SELECT id, clue_id FROM clues_report WHERE code_mark = %s", [mark(code, of="report")])
        if before := cursor.fetchone():
            return Received(_written(code), *before)
        reported = report_clue(told, acting=SYSTEM, moment=moment, photos=photos)
        named = bool(name.strip() or phone.strip())
        due = moment.calendar.due(moment.today, moment.limit("clue.answer_reporter")).date
        cursor.execute(
            "INSERT INTO clues_report (code_mark, area, clue_id, words, named, received_at, answer_due, answer,"
            " answered_by) VALUES (%s, %s, %s, %s, %s, %s, %s, '', '') RETURNING id",
            [
                mark(code, of="report"),
                discovery.area,
                reported.case_id,
                discovery.words[:2000],
                named,
                moment.at,
                due if named else None,
            ],
        )
        report_id = int(cursor.fetchone()[0])
        if named:
            sealed = seal({"name": name, "phone": phone}, key=REPORTERS, belongs_to=f"report {report_id}")
            cursor.execute("SELECT clues_keep_identity(%s, %s, %s)", [report_id, discovery.area, sealed])
    return Received(_written(code), report_id, reported.case_id)


def _code_of(client_key: str) -> str:
    """The tracking code of a form: only who has this installation's key can tell it from the form's own."""
    number = int(mark(client_key, of="tracking code"), 16)
    letters = []
    for _place in range(CODE_LENGTH):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)


def _written(code: str) -> str:
    return "-".join(code[n : n + 4] for n in range(0, CODE_LENGTH, 4))


STAGES = {
    "received": ("已收到，正在核实", "Received and being looked into"),
    "handled": ("已转有关部门办理", "With the department whose duty it is"),
    "checked": ("部门已处理，正在核查", "Dealt with and being checked"),
    "ended": ("已办结", "Closed"),
    "no_clue": ("经核实，不属于无证无照经营", "Looked into: not unlicensed trade"),
}
"""What a reporter is told in plain words; never a department's file, never the operator's name."""

_STAGE_OF = {
    **dict.fromkeys(states.BEFORE_DEPARTMENTS, "received"),
    states.COMMANDED: "handled",
    states.TO_CHECK: "checked",
    states.AWAITING_PARTS: "checked",
    states.CLOSED: "ended",
    states.NOT_UNLICENSED: "no_clue",
    states.WITHDRAWN: "ended",
    states.MERGED: "handled",
}


@dataclass(frozen=True, slots=True)
class Followed:
    """What a tracking page says."""

    received_on: date
    stage: str
    zh: str
    en: str
    ended_on: date | None
    answer: str
    answered_on: date | None
    answer_due: date | None


def follow_report(code: str) -> Followed | None:
    """What became of the report with this code, in plain words; None for a code that nobody has.

    Opens its own transaction as the machine; nothing but the stage leaves it.
    """
    plain = "".join(c for c in code.upper() if c.isalnum())
    if len(plain) != CODE_LENGTH:
        return None
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE standing (case_id) AS (SELECT r.clue_id FROM clues_report r WHERE r.code_mark = %(mark)s"
            " UNION SELECT k.merged_into_id FROM standing s JOIN clues_clue k ON k.case_id = s.case_id"
            " WHERE k.merged_into_id IS NOT NULL)"
            " SELECT r.received_at, r.answer, r.answered_at, r.answer_due, c.state, c.closed_on FROM clues_report r"
            " JOIN standing s ON true JOIN clues_clue k ON k.case_id = s.case_id AND k.merged_into_id IS NULL"
            " JOIN flow_case c ON c.id = k.case_id WHERE r.code_mark = %(mark)s",
            {"mark": mark(plain, of="report")},
        )
        row = cursor.fetchone()
    if row is None:
        return None
    received_at, answer, answered_at, due, state, closed_on = row
    stage = _STAGE_OF.get(state, "handled")
    zh, en = STAGES[stage]
    return Followed(
        _day(received_at), stage, zh, en, closed_on, answer, _day(answered_at) if answered_at else None, due
    )


def stage_of(report: Report) -> str:
    """How far the clue behind a report is, in the plain words that its reporter reads by its code in `STAGES`."""
    with elevated(), connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE standing (case_id) AS (SELECT %s::bigint UNION SELECT k.merged_into_id FROM standing s"
            " JOIN clues_clue k ON k.case_id = s.case_id WHERE k.merged_into_id IS NOT NULL)"
            " SELECT c.state FROM standing s JOIN clues_clue k ON k.case_id = s.case_id AND k.merged_into_id IS NULL"
            " JOIN flow_case c ON c.id = k.case_id",
            [report.clue_id],
        )
        row = cursor.fetchone()
    return _STAGE_OF.get(row[0], "handled") if row else "received"


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def waiting_reports(acting: Acting, *, size: int = 30) -> list[Report]:
    """Named reports that are still to be answered, soonest due first; empty for every other role."""
    found = Report.objects.filter(_waiting(acting)).select_related("clue")
    return list(found.order_by("answer_due", "id")[:size])


def every_report(acting: Acting) -> tuple[QuerySet[Report], QuerySet[Report]]:
    """All reports: those that wait for an answer, soonest due first, then the others, latest first.

    Empty for every role but two; who reported stands elsewhere and is not among their columns.
    """
    return (
        Report.objects.filter(_waiting(acting)).order_by("answer_due", "id"),
        Report.objects.exclude(_waiting(acting)).order_by("-id"),
    )


def _waiting(acting: Acting) -> Q:
    return Q(named=True, answered_at__isnull=True, area__gte=acting.area, area__lt=acting.area + "~")


def reports_of(case_id: int) -> list[Report]:
    """The reports behind a clue, for the two roles that may read them."""
    return list(Report.objects.filter(clue_id=case_id).order_by("id"))


def answer_report(report_id: int, answer: str, *, acting: Acting, moment: Moment) -> None:
    """Answer a named reporter. Raises NotAllowedError for other roles, LookupError where there is nothing to answer."""
    _reader(acting)
    if not answer.strip():
        raise ValueError("an answer says something")
    changed = Report.objects.filter(pk=report_id, named=True, answered_at__isnull=True).update(
        answer=answer.strip()[:1000], answered_at=moment.at, answered_by=acting.signature
    )
    if not changed:
        raise LookupError(f"no report {report_id} waits for an answer")


def read_identity(report_id: int, why: str, *, acting: Acting) -> dict[str, str]:
    """Who reported: name and telephone number. Every reading is written down, with the reason given.

    Opens its own transaction, so that the reading is on record before anything is shown. Raises NotAllowedError for
    every role but two, ValueError without a reason, LookupError where no identity was given.
    """
    _reader(acting)
    if not why.strip():
        raise ValueError("say why the identity is needed")
    with acting_as(acting), connection.cursor() as cursor:
        cursor.execute("SELECT clues_read_identity(%s, %s)", [report_id, why.strip()])
        (sealed,) = cursor.fetchone()
    if sealed is None:
        raise LookupError(f"report {report_id} gave no name")
    return opened(sealed, key=REPORTERS, belongs_to=f"report {report_id}")


def identity_readings(acting: Acting) -> QuerySet[IdentityAccess]:
    """Who has read whose identity, latest first; for posts of the whole city."""
    found = IdentityAccess.objects.filter(area__gte=acting.area, area__lt=acting.area + "~")
    return found.order_by("-at", "-id")


def _reader(acting: Acting) -> None:
    if acting.role not in READERS:
        raise NotAllowedError(f"{acting.role} may not know who reported")
