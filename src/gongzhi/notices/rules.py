"""Which notices a scope calls for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gongzhi.registry.events import Known
    from gongzhi.scopes import PermitHit

DepartmentsFor = Callable[[str, str], tuple[str, ...]]
"""Answers which departments are told of a permit code in an area; several where several act on it."""

TOWN_DIGITS = 9
"""An area at least this long names a town, without which no section can be told."""


class Planned(NamedTuple):
    """One notice to be: by which opening edge, to which department (None: whoever claims it), for which permits."""

    action: str
    department: str | None
    permits: tuple[PermitHit, ...]


def plan(known: Known, departments_for: DepartmentsFor) -> tuple[Planned, ...]:
    """The notices one business calls for: one a department for what is sure, one a department for what is to be
    confirmed, or a single line on the claim list when no permit was found.

    A permit whose department nobody has named goes to a person as well: it can't be pushed to nobody. Where not
    even the town is known, what would have been pushed is held until somebody places the address.
    """
    sure: dict[str | None, list[PermitHit]] = {}
    unsure: dict[str | None, list[PermitHit]] = {}
    for hit in known.match.permits:
        for department in departments_for(hit.code, known.area) or (None,):
            certain = hit.certainty == "sure" and department is not None
            (sure if certain else unsure).setdefault(department, []).append(hit)
    push = "push" if len(known.area) >= TOWN_DIGITS else "hold"
    planned = [Planned(push, department, tuple(hits)) for department, hits in sure.items()]
    planned += [
        Planned("ask" if department else "list", department, tuple(hits))
        for department, hits in unsure.items()
    ]
    return tuple(planned) or (Planned("list", None, ()),)


def still_called_for(permits: Collection[str], department: str | None, known: Known) -> bool:
    """Whether a changed scope still calls for a notice: for any of its permits, or for none as before.

    A department that claimed a scope without permits did so with its own eyes; a change does not take it away.
    """
    if permits:
        return any(hit.code in permits for hit in known.match.permits)
    return department is not None or not known.match.permits


def not_yet_told(known: Known, planned: Planned, told: Collection[tuple[int, str]]) -> Planned | None:
    """What is left of a planned notice beside what was told before; None when nothing is.

    `told` holds businesses with permit codes; the empty code is the line on the claim list.
    """
    if not planned.permits:
        return None if (known.business_id, "") in told else planned
    hits = tuple(hit for hit in planned.permits if (known.business_id, hit.code) not in told)
    return planned._replace(permits=hits) if hits else None


Answered = Mapping[str, str]
"""What a scope calls for: permit codes with `sure` or `review`."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that a version of the rules touches at one business: see `models.Touched`."""

    kind: str
    notice: int | None
    permits: tuple[str, ...]


def touched(
    open_notices: Mapping[int, Collection[str]], told: Collection[str], before: Answered, after: Answered
) -> tuple[Matter, ...]:
    """What the step from one answer to another touches at a business.

    `open_notices` are permit codes by open notice (none: the line on the claim list), `told` the codes that a
    department has answered for already. Only what the two answers differ in is touched: what a person decided
    otherwise before stays.
    """
    found = []
    for notice, permits in open_notices.items():
        gone = tuple(sorted(code for code in permits if code in before and code not in after))
        other = tuple(sorted(c for c in permits if c in before and c in after and before[c] != after[c]))
        if gone:
            found.append(Matter("no_longer", notice, gone))
        elif other:
            found.append(Matter("otherwise", notice, other))
    known = {code for permits in open_notices.values() for code in permits} | set(told)
    missing = tuple(sorted(code for code in after if code not in before and code not in known))
    if missing:
        listed = next((notice for notice, permits in open_notices.items() if not permits), None)
        found.append(Matter("missing", listed, missing))
    return tuple(found)


def same_town(before: str, after: str) -> bool:
    """Whether a move stays with the same sections: within a town, or within what is known of it."""
    return before[:TOWN_DIGITS] == after[:TOWN_DIGITS]
