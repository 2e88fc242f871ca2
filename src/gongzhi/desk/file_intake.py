"""Files of registrations handed in at a page: kept in the home folder, taken in by the worker, stopped when asked.

The worker runs `python -m gongzhi.desk.file_intake NUMBER`, a process of its own: an import forks and closes its
connections, which the worker's other jobs must not notice. An import that was cut off leaves whole chunks behind and
can be run again, so stopping one is safe at any time.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from gongzhi.lifeline import end_with_parent

MOST_BYTES = 100 * 1024 * 1024
"""A city's whole register is a tenth of that."""
SUFFIXES = (".csv", ".csv.gz", ".xlsx")
KEPT_DAYS = 30
"""So long the report of a file can be fetched."""
_TELL_SECONDS = 1.0
_NOT_READ = "文件无法读取，请再提交一次 / the file can't be read; please hand it in once more"
_log = logging.getLogger(__name__)
_MAGIC = {".csv.gz": b"\x1f\x8b", ".xlsx": b"PK\x03\x04"}


class UnfitFileError(ValueError):
    """The file is not one that could hold registrations: `why` is `size`, `kind` or `empty`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _StopAskedError(Exception):
    """Somebody asked to stop."""


def suffix_of(name: str) -> str:
    """The ending of a file's name that tells its kind. Raises UnfitFileError for others than SUFFIXES."""
    for suffix in SUFFIXES:
        if name.lower().endswith(suffix):
            return suffix
    raise UnfitFileError("kind")


def hand_in(
    name: str, size: int, chunks: Iterable[bytes], *, as_of: date, post_id: int, by: str, now: datetime
) -> Any:
    """Keep a file and put it into the worker's queue, inside the caller's transaction; returns its FileIntake.

    Raises UnfitFileError when it is too large, empty, or not of the kind that its name says.
    """
    from gongzhi.desk.models import FileIntake  # noqa: PLC0415  this module also starts before Django is ready
    from gongzhi.desk.tasks import take_in_file  # noqa: PLC0415

    suffix = suffix_of(name)
    if size > MOST_BYTES:
        raise UnfitFileError("size")
    _sweep(now)
    token = secrets.token_urlsafe(24)
    _keep(_path(token, suffix), chunks, suffix)
    intake = FileIntake.objects.create(
        file_name=name[-200:], token=token, suffix=suffix, as_of=as_of, post_id=post_id, by=by[:160],
        handed_in_at=now, seen_at=now,
    )  # fmt: skip
    take_in_file.defer(intake_id=intake.pk)
    return intake


def _keep(path: Path, chunks: Iterable[bytes], suffix: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in _checked(chunks, suffix):
                file.write(chunk)
    except UnfitFileError:
        path.unlink(missing_ok=True)
        raise


def _checked(chunks: Iterable[bytes], suffix: str) -> Iterator[bytes]:
    """The chunks as they come, as long as they may be such a file: what a browser says of its size may be wrong."""
    size = 0
    magic = _MAGIC.get(suffix)
    for chunk in chunks:
        fits = chunk.startswith(magic) if magic else b"\0" not in chunk[:4096]
        if not size and not fits:
            raise UnfitFileError("kind")
        size += len(chunk)
        if size > MOST_BYTES:
            raise UnfitFileError("size")
        yield chunk
    if not size:
        raise UnfitFileError("empty")


def report_of(intake: Any) -> Path | None:
    """The workbook of a file's rejected rows, while it is kept."""
    path = _path(intake.token, "-report.xlsx")
    return path if path.exists() else None


def _path(token: str, suffix: str) -> Path:
    from gongzhi.home import current_home  # noqa: PLC0415

    return current_home().path / "intake" / f"{token}{suffix}"


def _sweep(now: datetime) -> None:
    """Remove what was left of files of long ago: it names businesses, and nobody asks for it any more."""
    before = (now - timedelta(days=KEPT_DAYS)).timestamp()
    for path in _path("x", "").parent.glob("*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def take_in(intake_id: int) -> None:
    """Import a file that was handed in, telling its row how far it has come. Every outcome is written there."""
    from gongzhi.catalog.queries import NoPackError, installed  # noqa: PLC0415
    from gongzhi.desk.models import FileIntake  # noqa: PLC0415
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.places.queries import placer  # noqa: PLC0415
    from gongzhi.registry.intake.report import Report  # noqa: PLC0415
    from gongzhi.registry.intake.running import (  # noqa: PLC0415
        NotRegistrationsError,
        RunningAlreadyError,
        run_import,
    )

    rows = FileIntake.objects.filter(pk=intake_id)
    intake = rows.get()
    if intake.ended:
        return
    path = _path(intake.token, intake.suffix)
    told = 0.0

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told < _TELL_SECONDS:
            return
        told = time.monotonic()
        rows.update(stage=stage, done=done, total=total, seen_at=moment_now().at)
        if rows.filter(stop_asked=True).exists():
            raise _StopAskedError

    def end(state: str, **also: Any) -> None:
        rows.update(state=state, seen_at=moment_now().at, **also)
        path.unlink(missing_ok=True)

    rows.update(state=FileIntake.State.RUNNING, seen_at=moment_now().at)
    try:
        city = installed().city_code4
        with acting_as(SYSTEM):
            places = placer(intake.as_of)
        with Report(_path(intake.token, "-report.xlsx")) as report:
            outcome = run_import(
                path,
                as_of=intake.as_of,
                places=places,
                city=city,
                clock=lambda: moment_now().at,
                refuse=lambda line, why, uscc, name: report.add(line, why, uscc=uscc, name=name),
                progress=progress,
            )
    except _StopAskedError:
        end(FileIntake.State.STOPPED)
    except (NotRegistrationsError, RunningAlreadyError, NoPackError) as error:
        end(FileIntake.State.FAILED, problem=str(error)[:1000])
    except OSError:
        _log.exception("file %s", intake_id)
        end(FileIntake.State.FAILED, problem=_NOT_READ)
    else:
        end(FileIntake.State.DONE, counts=_counts(outcome), done=outcome.rows, total=outcome.rows)


def _counts(outcome: Any) -> dict[str, Any]:
    """`rows` is the sum of accepted, changed, cancelled, unchanged and all that were rejected."""
    opened = dict.fromkeys(("notices", "visits"), 0)
    for (graph, _), number in outcome.opened.items():
        opened[graph] = opened.get(graph, 0) + number
    return {
        "rows": outcome.rows,
        "accepted": outcome.accepted,
        "changed": outcome.changed,
        "cancelled": outcome.cancelled,
        "unchanged": outcome.unchanged,
        "rejected": {why.value: number for why, number in sorted(outcome.rejected.items())},
        "complete": outcome.complete,
        **opened,
    }


def main() -> int:
    """What the worker starts; the database is up as long as the worker is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
    # A worker that was killed leaves the file to the next one, which begins where this one was cut off.
    end_with_parent(os.getppid())
    # One thread and one connection: a pool would only be in the way of the fork.
    os.environ["GONGZHI_POOL"] = "0"
    import django  # noqa: PLC0415

    django.setup()
    take_in(int(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
