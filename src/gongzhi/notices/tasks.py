"""Work that time itself asks for; run by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gongzhi.flow.moment import moment_now
from gongzhi.notices.actions import lapse
from gongzhi.notices.corrections import go_through
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM


@app.periodic(cron="20 16 * * *")
@app.task(queueing_lock="notices.lapse", pass_context=False)
def lapse_unclaimed(timestamp: int) -> int:  # noqa: ARG001 - the queue passes when it was meant to run
    """Shortly after midnight in Shanghai, end what nobody claimed in time; returns how many notices."""
    with acting_as(SYSTEM):
        return lapse(moment=moment_now())


@app.task(name="notices.go_through_city", lock="notices.go_through_city")
def go_through_city(correction_id: int) -> None:
    """List what a version of the rules touches, one version at a time; cut off, it goes on where it was."""
    go_through(correction_id, clock=lambda: moment_now().at)
