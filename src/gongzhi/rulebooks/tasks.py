"""Work that time itself asks for; run by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gongzhi.flow.moment import moment_now
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.rulebooks.actions import take_force


@app.periodic(cron="5 16 * * *")
@app.task(queueing_lock="rulebooks.take_force", pass_context=False)
def let_versions_take_force(timestamp: int) -> int:  # noqa: ARG001 - the queue passes when it was meant to run
    """Five past midnight in Shanghai, let the versions of the day be in force; returns how many.

    Matching follows a version from midnight of its day, whenever this runs; this tells the other rooms.
    """
    with acting_as(SYSTEM):
        return len(take_force(moment=moment_now()))
