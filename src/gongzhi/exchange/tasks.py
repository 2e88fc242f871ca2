"""Work that time itself asks for; run by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gongzhi.exchange.actions import sweep
from gongzhi.flow.moment import moment_now


@app.periodic(cron="40 17 * * *")
@app.task(queueing_lock="exchange.sweep", pass_context=False)
def forget_calls(timestamp: int) -> int:  # noqa: ARG001 - the queue passes when it was meant to run
    """Each night, forget answers that no caller will ask for again; returns how many."""
    return sweep(now=moment_now().at)
