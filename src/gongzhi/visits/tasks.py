"""Work that time itself asks for; run by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gongzhi.flow.moment import moment_now
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.visits.silence import propose


@app.periodic(cron="55 16 * * *")
@app.task(queueing_lock="visits.silence", pass_context=False)
def propose_silent(timestamp: int) -> int:  # noqa: ARG001 - the queue passes when it was meant to run
    """Shortly after midnight in Shanghai, propose who may be dormant; returns how many businesses."""
    with acting_as(SYSTEM):
        return propose(moment=moment_now())
