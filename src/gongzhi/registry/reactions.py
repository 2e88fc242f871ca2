"""What the registry notes when cases move: an import says afterwards what it opened and what waits for a person."""

from __future__ import annotations

from gongzhi.flow.events import Moved, on
from gongzhi.registry.tally import current


@on(Moved, in_memory=True)
def count(event: Moved) -> None:
    """Keep where the cases that the running import opened stand now."""
    tally = current()
    if tally is not None:
        tally.note(event)
