"""Work that was under way when its worker was killed: the next one takes it up.

Procrastinate leaves such a job as it is, `doing` for ever, and whatever has to come after it waits behind it: files,
trials, redraws. All our tasks may be run again; what they had written stays, and they go on, begin anew, or say
that they were cut off.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.worker import Worker

SILENT = 30
"""Seconds without a sign of life after which a worker counts as gone; it gives one every ten."""
LOOK = 10
"""Seconds between two looks."""
MOST_ATTEMPTS = 3
"""A job that was under way each time its worker was killed may be what kills it."""

_log = logging.getLogger(__name__)


async def keep_taking_up(app: App, worker: Worker) -> None:
    """Look for what others have left, again and again; runs until it is cancelled."""
    while True:
        try:
            await take_up(app, but=worker.worker_id)
        except ConnectorException:
            _log.warning("could not look for work that was left undone", exc_info=True)
        await asyncio.sleep(LOOK)


async def take_up(app: App, *, but: int | None = None) -> None:
    """Have every job run once more whose worker is gone; `but` is a worker that is not, whatever the clock says."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        if but is not None and job.worker_id == but:
            continue
        _log.warning("job %s (%s) was left undone by a worker that is gone", job.id, job.task_name)
        if job.attempts + 1 >= MOST_ATTEMPTS:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            continue
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # Another of its kind waits already, and does the same.
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
