"""A job of the plain site: the first time it takes longer than anybody waits, the second time it ends at once."""

from __future__ import annotations

import time
from pathlib import Path

from procrastinate.contrib.django import app


@app.task(name="linger", lock="linger")
def linger(told: str) -> None:
    """Write down that it was begun; linger unless it was begun before."""
    begun = Path(told)
    again = begun.exists()
    with begun.open("a") as file:
        file.write("begun\n")
    if not again:
        time.sleep(600)


@app.task(name="after", lock="linger")
def after(told: str) -> None:
    """Comes after the other, which it has to wait for."""
    with Path(told).open("a") as file:
        file.write("after\n")
