"""Where the invented registrations lie: a small library, and a register that is taken in by the same way in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.places.rules import Candidate, PlacedAddress
from gongzhi.registry.intake.running import Outcome, run_import
from tests.registry.files import AS_OF, write


class Library:
    """Whoever says where addresses lie, told what to say: a village by the digit in the number, or nothing sure."""

    def place_many(self, texts: Sequence[str]) -> list[Any]:
        return [self._place(text) for text in texts]

    def _place(self, text: str) -> Any:
        if "不详" in text:
            return PlacedAddress("441900006", False, "", "none", 0.2, (Candidate("441900006003", 0.2),))
        village = "441900006003"
        return PlacedAddress(village + "001", True, f"{village}/{text[-12:]}", "road-number", 0.99)


Take = Callable[..., Outcome]


@pytest.fixture
def take(fresh_db: str, tmp_path: Path) -> Take:
    """Takes in rows, or a file, as the command does."""

    def taking(rows: Any, as_of: str = AS_OF, **options: Any) -> Outcome:
        file = rows if isinstance(rows, Path) else write(tmp_path / "register.csv", rows)
        return run_import(
            file,
            as_of=date.fromisoformat(as_of),
            places=options.pop("places", None) or Library(),
            city="4419",
            clock=lambda: datetime.now(UTC),
            **options,
        )

    return taking


def whole(outcome: Outcome) -> bool:
    """Whether every row is accounted for."""
    parts = (outcome.accepted, outcome.unchanged, outcome.changed, outcome.cancelled)
    return outcome.rows == sum(parts) + outcome.rejected.total()


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the database holds, as the system sees it."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
