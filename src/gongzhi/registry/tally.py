"""Counts the cases that open while a piece of work runs, and where they come to stand."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from gongzhi.flow.events import Moved
from gongzhi.flow.graph import NEW


@dataclass
class Tally:
    """Where each case stands that was opened within the tally, as (graph, state)."""

    standing: dict[int, tuple[str, str]] = field(default_factory=dict)

    def note(self, event: Moved) -> None:
        """Follow cases that open, and those that were opened here when they move on."""
        place = (event.graph, event.target)
        if event.source == NEW:
            self.standing.update(dict.fromkeys(event.case_ids, place))
        elif self.standing:
            for case_id in event.case_ids:
                if case_id in self.standing:
                    self.standing[case_id] = place

    def counts(self) -> Counter[tuple[str, str]]:
        """How many of the cases opened stand where."""
        return Counter(self.standing.values())


_current: ContextVar[Tally | None] = ContextVar("tally", default=None)


def current() -> Tally | None:
    """The tally that is being kept, if one is."""
    return _current.get()


@contextlib.contextmanager
def tallying() -> Iterator[Tally]:
    """Count the cases that open within the block."""
    tally = Tally()
    token = _current.set(tally)
    try:
        yield tally
    finally:
        _current.reset(token)
