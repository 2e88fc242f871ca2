"""Photos that somebody has picked for a form that is not sent yet: redrawn at once, kept for a day, then forgotten.

A browser gives a file out once; a form that comes back with a question would otherwise lose its photos.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from gongzhi.clues.photos import redrawn
from gongzhi.home import current_home

KEPT = timedelta(days=1)
_TOKEN = re.compile(r"[0-9a-f]{40}")


def stage(data: bytes, *, now: datetime) -> str:
    """Redraw a photo and keep it for the form; returns the token under which `staged` finds it.

    Raises gongzhi.clues.photos.PhotoRefusedError.
    """
    drawn = redrawn(data)
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(now=now)
    token = secrets.token_hex(20)
    with os.fdopen(
        os.open(folder / f"{token}.jpg", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
    ) as out:
        out.write(drawn.jpeg)
    os.utime(folder / f"{token}.jpg", (now.timestamp(), now.timestamp()))
    return token


def staged(token: str) -> bytes | None:
    """The photo under a token; None when it was swept or nobody staged it."""
    if not _TOKEN.fullmatch(token):
        return None
    path = _folder() / f"{token}.jpg"
    return path.read_bytes() if path.exists() else None


def sweep(*, now: datetime) -> int:
    """Forget photos whose form nobody sent within a day; returns how many."""
    gone = 0
    for path in _folder().glob("*.jpg"):
        try:
            if path.stat().st_mtime < (now - KEPT).timestamp():
                path.unlink()
                gone += 1
        except FileNotFoundError:
            # Another process swept it in this moment.
            continue
    return gone


def _folder() -> Path:
    return current_home().path / "photo-drafts"
