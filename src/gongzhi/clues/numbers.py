"""A clue's own number (线索编号), as people say and write it. Pure."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?:XS)?(?:\d{4}-)?0*(\d{1,15})", re.IGNORECASE)


def number_of(case_id: int, year: int) -> str:
    """The number of a clue that was found in a year, e.g. XS2026-00001234."""
    return f"XS{year:04d}-{case_id:08d}"


def case_of(number: str) -> int | None:
    """The case behind a number, written whole or only its last part; None where it is no number."""
    found = _NUMBER.fullmatch(number.strip().replace("－", "-").replace(" ", ""))
    return int(found[1]) if found else None
