"""Run by a test as a process of its own: takes in a file and is killed without warning."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import django


def main(database: str, file: str, chunk: int, chunks: int) -> None:
    """Import into the named database; die by SIGKILL in the transaction that is number `chunks`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.conf import settings  # noqa: PLC0415  Django is ready only now

    for alias in settings.DATABASES:
        settings.DATABASES[alias]["NAME"] = database
    from gongzhi.registry.intake import running, writing  # noqa: PLC0415
    from tests.registry.conftest import Library  # noqa: PLC0415

    loading, left = writing.load, [chunks]

    def load_and_die(*args: object, **options: object) -> None:
        loading(*args, **options)  # type: ignore[arg-type]
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    writing.load = load_and_die  # type: ignore[assignment]
    running.run_import(
        Path(file),
        as_of=date(2026, 9, 21),
        places=Library(),
        city="4419",
        clock=lambda: datetime.now(UTC),
        chunk=chunk,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
