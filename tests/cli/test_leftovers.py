"""Which work of a worker that is gone is run again, and which is given up."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status

from gongzhi.cli.leftovers import MOST_ATTEMPTS, SILENT, take_up

GONE, HERE = 7, 8


class Queue:
    """A queue in memory, as far as what is left undone needs one."""

    def __init__(self, *left: Job, waiting: tuple[str, ...] = ()) -> None:
        self._left = left
        self._waiting = waiting
        self.did: list[tuple[int | None, str]] = []

    async def get_stalled_jobs(self, *, seconds_since_heartbeat: float) -> tuple[Job, ...]:
        assert seconds_since_heartbeat == SILENT
        return self._left

    async def retry_job(self, job: Job) -> None:
        if job.queueing_lock in self._waiting:
            raise UniqueViolation(constraint_name="x", queueing_lock=job.queueing_lock)
        self.did.append((job.id, "again"))

    async def finish_job(self, job: Job, status: Status, *, delete_job: bool) -> None:
        assert not delete_job
        self.did.append((job.id, status.value))


def left(
    number: int, *, attempts: int = 0, worker: int | None = GONE, queueing_lock: str | None = None
) -> Job:
    return Job(
        id=number,
        queue="default",
        lock="x",
        queueing_lock=queueing_lock,
        task_name="x",
        attempts=attempts,
        worker_id=worker,
    )


def taken_up(queue: Queue, **also: Any) -> list[tuple[int | None, str]]:
    asyncio.run(take_up(SimpleNamespace(job_manager=queue), **also))  # type: ignore[arg-type]
    return queue.did


def test_what_a_gone_or_forgotten_worker_left_is_run_again() -> None:
    assert taken_up(Queue(left(1), left(2, worker=None))) == [(1, "again"), (2, "again")]


def test_a_worker_does_not_take_its_own_work_for_left_undone_after_a_long_sleep() -> None:
    assert taken_up(Queue(left(1, worker=HERE), left(2)), but=HERE) == [(2, "again")]


def test_what_was_under_way_each_time_its_worker_was_killed_is_given_up() -> None:
    jobs = [left(number, attempts=number) for number in range(MOST_ATTEMPTS + 1)]
    assert taken_up(Queue(*jobs)) == [(0, "again"), (1, "again"), (2, "failed"), (3, "failed")]


def test_what_waits_already_is_not_put_into_the_queue_twice() -> None:
    jobs = left(1, queueing_lock="nightly"), left(2)
    assert taken_up(Queue(*jobs, waiting=("nightly",))) == [(1, "failed"), (2, "again")]
