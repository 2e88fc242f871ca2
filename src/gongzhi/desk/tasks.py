"""What pages leave to the worker."""

from __future__ import annotations

import subprocess
import sys

from procrastinate.contrib.django import app

from gongzhi.desk.models import FileIntake
from gongzhi.flow.moment import moment_now
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.queries import sample_of_scopes
from gongzhi.rulebooks.models import BookTrial
from gongzhi.rulebooks.trial import SAMPLE, run_trial


@app.task(name="desk.take_in_file", lock="desk.take_in_file")
def take_in_file(intake_id: int) -> None:
    """Import a file that was handed in, one at a time, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "gongzhi.desk.file_intake", str(intake_id)], check=False)
    if done.returncode:
        ended = (FileIntake.State.DONE, FileIntake.State.STOPPED, FileIntake.State.FAILED)
        FileIntake.objects.filter(pk=intake_id).exclude(state__in=ended).update(
            state=FileIntake.State.FAILED, seen_at=moment_now().at
        )


@app.task(name="desk.try_rulebook", lock="desk.try_rulebook")
def try_rulebook(trial_id: int) -> None:
    """Try a version of the rules on the stored examples and on scopes of the city's own register, one at a time."""
    try:
        with acting_as(SYSTEM):
            sample = sample_of_scopes(SAMPLE)
        run_trial(trial_id, sample, len(sample), clock=lambda: moment_now().at)
    except Exception:
        # Whoever waits for it should not wait for ever; the queue keeps what went wrong.
        with acting_as(SYSTEM):
            BookTrial.objects.filter(pk=trial_id).update(
                state=BookTrial.State.FAILED, seen_at=moment_now().at
            )
        raise
