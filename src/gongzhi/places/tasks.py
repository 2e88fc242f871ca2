"""Work that time itself asks for; run by the worker."""

from __future__ import annotations

from collections.abc import Callable

from procrastinate.contrib.django import app

from gongzhi.flow.moment import Moment, moment_now
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.places.redraws import due, lately, take_effect


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="places.redraws", lock="places.redraws", pass_context=False)
def redraws_take_effect(timestamp: int) -> int:  # noqa: ARG001 - the queue passes when it was meant to run
    """Put in force the redraws whose day has come; returns how many."""
    return _follow(due)


@app.periodic(cron="40 16 * * *")
@app.task(queueing_lock="places.leftovers", lock="places.redraws", pass_context=False)
def leftovers_follow(timestamp: int) -> int:  # noqa: ARG001
    """Shortly after midnight in Shanghai, follow up what came into grids that ended lately; returns the redraws."""
    return _follow(lately)


def _follow(which: Callable[[Moment], list[int]]) -> int:
    """Each redraw in a transaction of its own, so that one that fails keeps no other from its day."""
    moment = moment_now()
    with acting_as(SYSTEM):
        waiting = which(moment)
    for redraw_id in waiting:
        with acting_as(SYSTEM):
            take_effect(redraw_id, moment=moment)
    return len(waiting)
