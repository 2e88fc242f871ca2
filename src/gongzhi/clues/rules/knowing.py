"""Yes, no, and not known (None): the logic of what nobody has looked at yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Tri = bool | None


def all_of(parts: Iterable[Tri]) -> Tri:
    """True when every part is, False when one is not, otherwise not known."""
    unknown = False
    for part in parts:
        if part is False:
            return False
        unknown = unknown or part is None
    return None if unknown else True


def any_of(parts: Iterable[Tri]) -> Tri:
    """True when one part is, False when none is, otherwise not known."""
    unknown = False
    for part in parts:
        if part:
            return True
        unknown = unknown or part is None
    return None if unknown else False


def negated(part: Tri) -> Tri:
    return None if part is None else not part


def answered(wanted: Iterable[str], answers: Mapping[str, bool]) -> Tri:
    """Whether every `question=yes` or `question=no` was answered so."""
    return all_of(
        None if question not in answers else answers[question] is (answer == "yes")
        for question, _, answer in (part.partition("=") for part in wanted)
    )
