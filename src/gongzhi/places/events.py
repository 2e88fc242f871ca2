"""What the address library tells the rest of the house, inside the transaction that made it true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """A village's grids are others from today on.

    `touched` are the codes whose borders changed or that ended. `doors` names the new grid of each door that is known
    by its point; where a door is not known, `becomes` names the grid in which all of an old one lies, and `mostly`
    the one that took over the largest part, for work that somebody has to hold. `only` is the village's one grid where
    it has but one.
    """

    redraw: int
    village: str
    touched: frozenset[str]
    doors: Mapping[str, str]
    becomes: Mapping[str, str]
    mostly: Mapping[str, str]
    only: str | None
    acting: Acting
    moment: Moment
