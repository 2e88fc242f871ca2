"""Which notices a scope calls for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongzhi.registry.events import Known
    from gongzhi.scopes import PermitHit

DepartmentsFor = Callable[[str, str], tuple[str, ...]]
"""Answers which departments are told of a permit code in an area; several where several act on it."""

TOWN_DIGITS = 9
"""An area at least this long names a town, without which no section can be told."""


@dataclass(frozen=True, slots=True)
class Planned:
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
    return replace(planned, permits=hits) if hits else None


def same_town(before: str, after: str) -> bool:
    """Whether a move stays with the same sections: within a town, or within what is known of it."""
    return before[:TOWN_DIGITS] == after[:TOWN_DIGITS]
