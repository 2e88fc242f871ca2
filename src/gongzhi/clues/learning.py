"""What objections that were right say of the duty rules: work for whoever keeps them, in the rule workbench."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from gongzhi.clues.models import Objection
from gongzhi.clues.numbers import number_of
from gongzhi.flow.errors import NotAllowedError
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.CITY_OFFICE})
"""Who looks after the rules, as in the rule books."""
PAGE = 30
_TOGETHER = 500
_RIGHT = "(o.decision = 'upheld' OR o.decision = 'designated' AND o.decided_to NOT IN ('', o.department))"


@dataclass(frozen=True, slots=True)
class UpheldObjection:
    """A clue that a rule or a person sent to the wrong department: what it was about, where it went, where it belongs.

    `rule_words` is what was made of it, empty while nobody has looked.
    """

    objection_id: int
    case_id: int
    number: str
    trade: str
    kind: str
    permits: tuple[str, ...]
    words: str
    step: str
    department: str
    decided_to: str
    reason: str
    grounds: str
    decided_on: date
    decided_by: str
    decided_words: str
    rule_words: str
    rule_by: str
    rule_on: date | None


def upheld_objections(
    acting: Acting, *, settled: bool = False, before: int | None = None, size: int = PAGE
) -> list[UpheldObjection]:
    """Objections that were right, newest first, from below the number `before` on: those nobody has looked at yet, or
    with `settled` those that somebody has. What the city settled against the first department counts as well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id, k.case_id, k.found_on, k.trade, k.kind, k.permits, k.words, coalesce(k.duty ->> 'step', ''),"
            " o.department, o.decided_to, o.reason, o.words, o.decided_on, o.decided_by, o.decided_words,"
            " o.rule_words, o.rule_by, o.rule_on FROM clues_objection o JOIN clues_clue k ON k.case_id = o.clue_id"
            f" WHERE {_RIGHT} AND o.decision IN ('upheld', 'designated')"
            f" AND o.rule_on IS {'NOT NULL' if settled else 'NULL'}"
            " AND k.area >= %s AND k.area < %s AND (%s::bigint IS NULL OR o.id < %s) ORDER BY o.id DESC LIMIT %s",
            [acting.area, acting.area + "~", before, before, size],
        )
        return [_upheld(row) for row in cursor.fetchall()]


def every_upheld_objection(acting: Acting) -> Iterator[UpheldObjection]:
    """All of them, those nobody has looked at first, read some hundred at once."""
    for settled in (False, True):
        before: int | None = None
        while page := upheld_objections(acting, settled=settled, before=before, size=_TOGETHER):
            yield from page
            before = page[-1].objection_id


def _upheld(row: tuple[Any, ...]) -> UpheldObjection:
    return UpheldObjection(
        row[0], row[1], number_of(row[1], row[2].year), row[3], row[4], tuple(row[5]), *row[6:]
    )


@dataclass(frozen=True, slots=True)
class Repeated:
    """How often clues of one trade and class went from one department to the same other one because of objections."""

    trade: str
    kind: str
    department: str
    decided_to: str
    times: int


def repeated(acting: Acting, *, least: int = 2, size: int = PAGE) -> list[Repeated]:
    """What was sent wrong more than once and nobody has looked at: one change of a rule may settle all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.trade, k.kind, o.department, o.decided_to, count(*) FROM clues_objection o"
            f" JOIN clues_clue k ON k.case_id = o.clue_id WHERE {_RIGHT} AND o.decision IN ('upheld', 'designated')"
            " AND o.rule_on IS NULL AND k.area >= %s AND k.area < %s GROUP BY 1, 2, 3, 4 HAVING count(*) >= %s"
            " ORDER BY 5 DESC, 1, 2, 3, 4 LIMIT %s",
            [acting.area, acting.area + "~", least, size],
        )
        return [Repeated(*row) for row in cursor.fetchall()]


def settle_objection(objection_id: int, words: str, *, acting: Acting, moment: Moment) -> bool:
    """Put down what was made of an objection that was right: which rule changes, or why none does.

    False when somebody has done so already or the post does not see it. Raises NotAllowedError for who keeps no rules,
    ValueError without words.
    """
    if acting.role not in KEEPERS:
        raise NotAllowedError(f"{acting.role} keeps no rules")
    if not words.strip():
        raise ValueError("say which rule changes, or why none does")
    changed = Objection.objects.filter(
        pk=objection_id, rule_on__isnull=True, decision__in=("upheld", "designated")
    ).update(
        rule_words=words.strip()[:1000],
        rule_by=acting.signature,
        rule_on=moment.today,
    )
    return bool(changed)
