"""What clues tell the rest of the house, inside the transaction that made it true."""

from __future__ import annotations

from dataclasses import dataclass

from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionUpheld:
    """Departments objected and were right: (clue, department that had it, department that got it; empty if none).

    Whoever keeps the duty rules looks at these: a rule sent a clue to the wrong place.
    """

    clues: tuple[tuple[int, str, str], ...]
    acting: Acting
    moment: Moment
