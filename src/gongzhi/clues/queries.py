"""Reads of single clues for a post: row security keeps what is not its own away. Lists and sums are in `ledger`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from gongzhi.clues import judging
from gongzhi.clues.models import Alert, Clue, Copy, Joining, JointOperation, Likeness, Objection, Photo
from gongzhi.clues.numbers import number_of
from gongzhi.clues.photos import photo_path
from gongzhi.clues.rules import Ending, Kind, Suggestion, suggest
from gongzhi.clues.sealing import OPERATORS, opened
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

PAGE = 30


@dataclass(frozen=True, slots=True)
class ClueRow:
    """What a list says of a clue beside its case."""

    case_id: int
    number: str
    sign: str
    address: str
    trade: str
    kind: str
    serious: bool
    source: str
    found_on: date
    department: str
    part_of: int | None
    business_id: int | None


_ROW = (
    "k.case_id, k.found_on, o.sign, o.address, k.trade, k.kind, k.serious, k.source, k.department, k.part_of_id,"
    " o.business_id"
)


def _row(row: Sequence[Any]) -> ClueRow:
    case_id, found_on, sign, address, trade, kind, serious, source, department, part_of, business = row
    return ClueRow(
        case_id,
        number_of(part_of or case_id, found_on.year),
        sign,
        address,
        trade,
        kind,
        serious,
        source,
        found_on,
        department,
        part_of,
        business,
    )


def rows(case_ids: Sequence[int]) -> dict[int, ClueRow]:
    """Number, sign, place and class of these clues, by case; a part has the number of its clue."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_ROW} FROM clues_clue k JOIN clues_operator o ON o.id = k.operator_id WHERE k.case_id = ANY(%s)",
            [list(case_ids)],
        )
        return {row[0]: _row(row) for row in cursor.fetchall()}


def clue(case_id: int) -> Clue | None:
    """One clue with its operator, or None when it is not this post's to see."""
    return Clue.objects.select_related("operator", "operator__business").filter(pk=case_id).first()


def family(case_id: int) -> list[int]:
    """The cases that a clue's timeline is made of, as far as the post sees them: the clue, its parts, what was merged
    into it and into those, the clue it relapsed from or into, letters for assistance, return visits."""
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY, {"case": case_id})
        return [row[0] for row in cursor.fetchall()]


_FAMILY = """
WITH RECURSIVE kin (case_id) AS (
    SELECT case_id FROM clues_clue WHERE case_id = %(case)s
    UNION
    SELECT n.case_id FROM kin JOIN clues_clue k ON k.case_id = kin.case_id CROSS JOIN LATERAL (
        SELECT case_id FROM clues_clue WHERE part_of_id = k.case_id
        UNION ALL SELECT case_id FROM clues_clue WHERE merged_into_id = k.case_id
        UNION ALL SELECT case_id FROM clues_clue WHERE relapse_of_id = k.case_id
        UNION ALL SELECT case_id FROM clues_clue WHERE case_id IN (k.part_of_id, k.relapse_of_id, k.merged_into_id)
    ) n
)
SELECT case_id FROM kin
UNION SELECT a.case_id FROM clues_assistance a JOIN kin ON kin.case_id = a.clue_id
UNION SELECT r.case_id FROM clues_revisit r JOIN kin ON kin.case_id = r.clue_id WHERE r.case_id IS NOT NULL
ORDER BY case_id
"""


def of_business(business_id: int) -> list[int]:
    """The clues about a business that the post sees, also those from before it registered."""
    return list(
        Clue.objects.filter(operator__business_id=business_id).order_by("pk").values_list("pk", flat=True)
    )


def person(of: Clue, acting: Acting) -> Mapping[str, str]:
    """Name and telephone number of who trades there, for those who have to talk to them; empty for others.

    Command centres, the city and the machine itself work without them.
    """
    may = {Role.OFFICER, Role.VILLAGE, Role.TOWN_OFFICE, Role.DEPARTMENT}
    if acting.role not in may or of.operator.person is None:
        return {}
    return opened(of.operator.person, key=OPERATORS, belongs_to=f"operator {of.operator_id}")


def photos(case_ids: Sequence[int]) -> list[Photo]:
    """The photos in these clues' files, oldest first."""
    return list(Photo.objects.filter(clue_id__in=case_ids).order_by("added_at", "id"))


def photo(photo_id: int) -> tuple[Photo, Path] | None:
    """One photo and where its file lies, or None when it is not this post's to see."""
    found = Photo.objects.filter(pk=photo_id).first()
    return (found, photo_path(found.digest)) if found else None


def objections(case_ids: Sequence[int]) -> list[Objection]:
    """What departments have said against having these clues, and what became of it."""
    return list(Objection.objects.filter(clue_id__in=case_ids).order_by("clue_id", "round"))


def likenesses(acting: Acting, *, case_id: int | None = None, size: int = PAGE) -> list[Likeness]:
    """Pairs that may be the same and that nobody has decided, likeliest first; of one clue or in the post's area."""
    found = Likeness.objects.filter(decision="").select_related("clue__operator", "other__operator")
    if case_id is not None:
        found = found.filter(clue_id=case_id) | found.filter(other_id=case_id)
    else:
        found = found.filter(clue__area__gte=acting.area, clue__area__lt=acting.area + "~")
    return list(found.order_by("-score", "-id")[:size])


def joinings(acting: Acting, *, size: int = PAGE) -> list[Joining]:
    """Operators that may be a business that registered, not decided yet, likeliest first."""
    found = Joining.objects.filter(decision="", operator__business__isnull=True).filter(
        operator__area__gte=acting.area, operator__area__lt=acting.area + "~"
    )
    return list(found.select_related("operator", "business").order_by("-score", "-id")[:size])


def alerts(acting: Acting, *, unseen: bool = True, size: int = PAGE) -> list[Alert]:
    """Serious clues before this command centre, newest first; `unseen` those it has not signed for."""
    found = Alert.objects.filter(area=acting.area)
    if unseen:
        found = found.filter(seen_at__isnull=True)
    return list(found.select_related("clue__operator").order_by("-id")[:size])


def alerts_of(case_id: int) -> list[Alert]:
    """When each of the three centres was told of a clue, and when it had seen it."""
    return list(Alert.objects.filter(clue_id=case_id).order_by("raised_at", "level"))


def every_copy(acting: Acting) -> tuple[QuerySet[Copy], QuerySet[Copy]]:
    """All that this department was ever told: what it has not read, then what it has, each newest first."""
    found = _copies(acting)
    return found.filter(read_at__isnull=True), found.filter(read_at__isnull=False)


def _copies(acting: Acting) -> QuerySet[Copy]:
    return Copy.objects.filter(department=acting.department or "").order_by("-id")


def operations(acting: Acting, *, done: bool = False, size: int = PAGE) -> list[JointOperation]:
    """Joint operations that the post leads or takes part in, latest first."""
    return list(_operations(acting, done)[:size])


def every_operation(acting: Acting) -> tuple[QuerySet[JointOperation], QuerySet[JointOperation]]:
    """All of them: those under way, then those done, each latest first."""
    return _operations(acting, False), _operations(acting, True)


def _operations(acting: Acting, done: bool) -> QuerySet[JointOperation]:
    found = JointOperation.objects.filter(done_on__isnull=not done)
    if acting.area:
        found = found.filter(area__gte=acting.area[:9], area__lt=acting.area[:9] + "~")
    return found.order_by("-planned_on", "-id")


def suggestions(case_id: int, *, moment: Moment) -> tuple[Suggestion, ...]:
    """Who similar clues ended with, for a town that has to decide: same trade, or same permits, in the last years.

    `Suggestion.function` is the department's code here. Asked as the machine (`elevated`), since similar clues lie
    all over the city; only departments and numbers come back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR, {"case": case_id})
        endings = [
            Ending(
                function=department,
                trades=(trade,) if trade else (),
                kind=Kind(kind),
                town=town,
                days_ago=(moment.today - closed_on).days,
                upheld=upheld,
            )
            for department, trade, kind, town, closed_on, upheld in cursor.fetchall()
        ]
        cursor.execute("SELECT town, kind, trade FROM clues_clue WHERE case_id = %s", [case_id])
        this = cursor.fetchone()
    if this is None:
        return ()
    town, kind, trade = this
    return suggest(endings, town=town, kind=Kind(kind), trades=(trade,) if trade else ())


_SIMILAR = """
SELECT k.department, k.trade, k.kind, k.town, c.closed_on,
    EXISTS (SELECT 1 FROM clues_objection o WHERE o.clue_id = k.case_id AND o.decision IN ('upheld', 'designated'))
FROM clues_clue this
JOIN LATERAL (SELECT * FROM clues_clue n WHERE n.trade = this.trade AND n.case_id <> this.case_id
    ORDER BY n.case_id DESC LIMIT 400) k
    ON this.trade <> '' OR k.permits && this.permits OR k.kind = this.kind
JOIN flow_case c ON c.id = k.case_id AND c.state = 'closed'
WHERE this.case_id = %(case)s AND k.department <> '-' ORDER BY k.case_id DESC LIMIT 200
"""


def treatments(of: Clue, on: date) -> list[str]:
    """The codes of the results (`clue_result`) that fit a clue's class, in the list's order."""
    from gongzhi.clues.rules import treatments_for  # noqa: PLC0415

    return [row.code for row in treatments_for(Kind(of.kind), judging.tables(), on)]


def situation(of: Clue) -> Any:
    """What is known of the operator, as the rules take it (`rules.Situation`)."""
    kept = of.situation
    return judging.read(json.loads(kept) if isinstance(kept, str) else kept)


@dataclass(frozen=True, slots=True)
class Revisited:
    """One planned or made return visit."""

    reason: str
    planned_on: date
    case_id: int | None
    dropped: bool
    state: str
    closed_on: date | None


def revisits(case_id: int) -> list[Revisited]:
    """When the premises are to be seen again, and what was found."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.reason, r.planned_on, r.case_id, r.dropped, coalesce(c.state, ''), c.closed_on"
            " FROM clues_revisit r LEFT JOIN flow_case c ON c.id = r.case_id WHERE r.clue_id = %s"
            " ORDER BY r.planned_on, r.id",
            [case_id],
        )
        return [Revisited(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter for assistance as the department that is asked reads it."""

    case_id: int
    asked_by: str
    question: str
    about: str


def letters(case_ids: Sequence[int]) -> dict[int, Letter]:
    """The letters behind these assistance cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, asked_by, question, about FROM clues_assistance WHERE case_id = ANY(%s)",
            [list(case_ids)],
        )
        return {row[0]: Letter(*row) for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class ToRevisit:
    """A return visit that is due, as a list shows it."""

    case_id: int
    clue: int
    reason: str
    sign: str
    address: str


def to_revisit(case_ids: Sequence[int]) -> dict[int, ToRevisit]:
    """Where these return visits go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.case_id, r.clue_id, r.reason, o.sign, o.address FROM clues_revisit r"
            " JOIN clues_clue k ON k.case_id = r.clue_id JOIN clues_operator o ON o.id = k.operator_id"
            " WHERE r.case_id = ANY(%s)",
            [list(case_ids)],
        )
        return {row[0]: ToRevisit(*row) for row in cursor.fetchall()}


def last_told(case_id: int) -> datetime | None:
    """When anything last happened to a clue, as far as the post sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(at) FROM flow_journal WHERE case_id = %s", [case_id])
        found: datetime | None = cursor.fetchone()[0]
        return found
