"""How rooms hear of each other without importing each other.

A room publishes what happened; whoever declared a reaction runs in the same transaction, so that either all of
it is true afterwards or none. Events carry batches: an import tells of five thousand businesses at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from gongzhi.flow.moment import Moment
from gongzhi.org.access import elevated
from gongzhi.org.acting import SYSTEM, Acting


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Cases of one graph made the same edge together."""

    graph: str
    action: str
    source: str
    target: str
    case_ids: tuple[int, ...]
    form: Mapping[str, Any]
    acting: Acting
    moment: Moment


Event = TypeVar("Event")
_by_class: dict[type, list[Callable[[Any], None]]] = defaultdict(list)
_by_edge: dict[tuple[str, str, str | None], list[Callable[[Moved], None]]] = defaultdict(list)
_in_memory: set[Callable[[Any], None]] = set()


def on(
    event: type[Event], *, in_memory: bool = False
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Declare a reaction to a kind of event. `in_memory` ones touch no row, so no pass is shown for them."""

    def declare(reaction: Callable[[Event], None]) -> Callable[[Event], None]:
        if reaction not in _by_class[event]:
            _by_class[event].append(reaction)
        if in_memory:
            _in_memory.add(reaction)
        return reaction

    return declare


def when(
    graph: str, *actions: str, source: str | None = None
) -> Callable[[Callable[[Moved], None]], Callable[[Moved], None]]:
    """Declare a reaction to cases of `graph` making any of these actions, from one state alone if it is named."""

    def declare(reaction: Callable[[Moved], None]) -> Callable[[Moved], None]:
        for action in actions:
            if reaction not in _by_edge[graph, action, source]:
                _by_edge[graph, action, source].append(reaction)
        return reaction

    return declare


def publish(event: object, *, acting: Acting, moment: Moment) -> None:  # noqa: ARG001  events carry their own
    """Run every reaction now, as the system, inside the transaction of what happened.

    Afterwards the transaction is `acting`'s again. An error in a reaction undoes what happened.
    """
    reactions = list(_by_class.get(type(event), ()))
    if isinstance(event, Moved):
        for source in (None, event.source):
            reactions += _by_edge.get((event.graph, event.action, source), ())
    # Each act of each clerk comes by here: two round trips to the database for nobody would be felt.
    if acting == SYSTEM or _in_memory.issuperset(reactions):
        for reaction in reactions:
            reaction(event)
        return
    with elevated():
        for reaction in reactions:
            reaction(event)
