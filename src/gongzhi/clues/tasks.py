"""Work that time itself asks for; run by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gongzhi.clues.nightly import run
from gongzhi.flow.moment import moment_now
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM


@app.periodic(cron="40 16 * * *")
@app.task(queueing_lock="clues.nightly", pass_context=False)
def nightly(timestamp: int) -> dict[str, int]:  # noqa: ARG001 - the queue passes when it was meant to run
    """Shortly after midnight in Shanghai: late clues move on, return visits come due, data are compared."""
    with acting_as(SYSTEM):
        return run(moment=moment_now())
