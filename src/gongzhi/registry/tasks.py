"""Work that time itself asks for; run by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gongzhi.flow.moment import moment_now
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.lapsing import AT_ONCE, notice_lapsed


@app.periodic(cron="50 16 * * *")
@app.task(queueing_lock="registry.lapsed", pass_context=False)
def notice_lapsed_permits(timestamp: int) -> int:  # noqa: ARG001 - the queue passes when it was meant to run
    """Shortly after midnight in Shanghai, tell of the permits that ran out; returns how many businesses."""
    told = 0
    while True:
        with acting_as(SYSTEM):
            some = notice_lapsed(acting=SYSTEM, moment=moment_now())
        told += some
        if some < AT_ONCE:
            return told
