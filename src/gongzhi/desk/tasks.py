"""What pages leave to the worker."""

from __future__ import annotations

import subprocess
import sys

from procrastinate.contrib.django import app

from gongzhi.desk.models import FileIntake
from gongzhi.flow.moment import moment_now


@app.task(name="desk.take_in_file", lock="desk.take_in_file")
def take_in_file(intake_id: int) -> None:
    """Import a file that was handed in, one at a time, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "gongzhi.desk.file_intake", str(intake_id)], check=False)
    if done.returncode:
        ended = (FileIntake.State.DONE, FileIntake.State.STOPPED, FileIntake.State.FAILED)
        FileIntake.objects.filter(pk=intake_id).exclude(state__in=ended).update(
            state=FileIntake.State.FAILED, seen_at=moment_now().at
        )
