"""The law's table of classes, read with what is known: every line that it allows."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongzhi.clues.rules.knowing import Tri
    from gongzhi.clues.rules.needs import Needs
    from gongzhi.clues.rules.tables import Day
    from gongzhi.packs.clue_rows import ClueDecision


class NoDecisionError(LookupError):
    """No line of the table speaks of such a case on that day."""


def columns_of(needs: Needs) -> tuple[Tri, Tri, Tri]:
    """What is missing: a permit, the licence, a filing."""
    return needs.missing(filing=False), needs.licence_missing, needs.missing(filing=True)


def lines_for(columns: tuple[Tri, ...], day: Day) -> tuple[ClueDecision, ...]:
    """Every line of the table that what is known allows."""
    found = []
    for case in product(*(_either(column) for column in columns)):
        line = next((line for line in day.decisions if _speaks_of(line, case)), None)
        if line is None:
            raise NoDecisionError(f"the table of classes has no line for {case} on {day.on}")
        found.append(line)
    return tuple(dict.fromkeys(found))


def _either(missing: Tri) -> tuple[str, ...]:
    return ("missing", "in_order") if missing is None else ("missing" if missing else "in_order",)


def _speaks_of(line: ClueDecision, case: tuple[str, ...]) -> bool:
    return all(
        said in {"any", state}
        for said, state in zip((line.permits, line.licence, line.filings), case, strict=True)
    )
