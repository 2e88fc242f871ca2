"""What an edge does to a case's clock. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from gongzhi.flow.graph import Clock, Edge, State
from gongzhi.worktime import Calendar, Due, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A case's clock: the limit that runs, and the one that was put aside if there is one.

    `started_on` is the day since which it runs without a break: a resumed clock's is the day of its resumption.
    """

    limit_name: str | None = None
    started_on: date | None = None
    due: date | None = None
    provisional: bool = False
    suspended_due: date | None = None
    suspended_on: date | None = None
    calendar: str | None = None


STOPPED = Running()


def after(
    edge: Edge, target: State, running: Running, day: date, calendar: Calendar, limit: Callable[[str], Limit]
) -> Running:
    """The clock once `edge` was made on `day`.

    The first day is not counted (Civil Code art. 201). Resuming moves the limit that was put aside by exactly
    the working days between the stop and the resumption.
    """
    if edge.clock is Clock.KEEP:
        return running
    if edge.clock is Clock.STOP:
        return STOPPED
    if edge.clock is Clock.RESUME and running.suspended_due is not None and running.suspended_on is not None:
        put_aside = Due(running.suspended_due, calendar.is_provisional(running.suspended_due))
        moved = calendar.shift(put_aside, running.suspended_on, day)
        return Running(
            limit_name=target.limit,
            started_on=day,
            due=moved.date,
            provisional=moved.provisional,
            calendar=calendar.version,
        )
    started = start(target, day, calendar, limit)
    if edge.clock is Clock.PAUSE:
        # A case paused twice keeps the limit that was put aside first: the second pause stops nothing new.
        if running.suspended_due is not None:
            return replace(started, suspended_due=running.suspended_due, suspended_on=running.suspended_on)
        return replace(started, suspended_due=running.due, suspended_on=day)
    return started


def start(target: State, day: date, calendar: Calendar, limit: Callable[[str], Limit]) -> Running:
    """A fresh clock with the target state's limit, counted from `day`."""
    if target.limit is None:
        return STOPPED
    due = calendar.due(day, limit(target.limit))
    return Running(
        limit_name=target.limit,
        started_on=day,
        due=due.date,
        provisional=due.provisional,
        calendar=calendar.version,
    )


class Lamp(StrEnum):
    """How a deadline stands, never said by colour alone."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"
    DONE = "done"


def lamp(
    *, is_open: bool, due: date | None, suspended_on: date | None, today: date, yellow_until: date
) -> Lamp:
    """The lamp of a case: red past its due day, yellow when due on or before `yellow_until`."""
    if not is_open:
        return Lamp.DONE
    if due is not None and due < today:
        return Lamp.RED
    if suspended_on is not None:
        return Lamp.PAUSED
    if due is not None and due <= yellow_until:
        return Lamp.YELLOW
    return Lamp.GREEN
