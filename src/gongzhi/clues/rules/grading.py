"""How urgent a clue is, by what was seen and by what the trade itself brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongzhi.clues.rules.findings import Grade, Reason
from gongzhi.clues.rules.needs import needs_of

if TYPE_CHECKING:
    from datetime import date

    from gongzhi.clues.rules.situation import Situation
    from gongzhi.clues.rules.tables import Day, Tables


def grade(situation: Situation, tables: Tables, on: date) -> Grade:
    """Ordinary or serious, and whether it bypasses the queues.

    A hazard counts when somebody ticked it, or when the trade or a missing permit brings it. A code that the tables
    do not know makes the clue serious: what somebody found worth reporting must not be lost in a list.
    """
    day = tables.day(on)
    brought = _brought(situation, day)
    codes = tuple(dict.fromkeys((*situation.hazards, *brought)))
    rows = [day.hazards[code] for code in codes if code in day.hazards]
    unknown = [code for code in codes if code not in day.hazards]
    serious = bool(unknown) or any(row.grade == "serious" for row in rows)
    said = [Reason(row.code, row.name_zh, row.name_en) for row in rows]
    said += [Reason(code, f"未列入目录的情形：{code}", f"Not in the list: {code}") for code in unknown]
    return Grade(
        serious=serious,
        bypass=bool(unknown) or any(row.bypass for row in rows),
        hazards=codes,
        reasons=tuple(said),
        basis=tuple(dict.fromkeys(row.basis for row in rows)),
        verified=not unknown and all(row.verified for row in rows),
    )


def _brought(situation: Situation, day: Day) -> list[str]:
    """The hazards that the trade or a permit surely missing brings, in the order of the list."""
    lacking = {need.permit for need in needs_of(situation, day).needs if need.missing}
    return [
        code
        for code, row in day.hazards.items()
        if lacking & set(row.permits) or set(situation.trades) & set(row.trades)
    ]
