"""The old registration number of 15 digits (工商注册号) as a second key.

A row may state it beside its unified code, or alone where the business has no unified code yet. The rule by which files
stay one: a business that is on file by its old number and is stated with a unified code and that number keeps its file,
its number, its notices and visits, and takes the code; the version that ends says which number it went by. From then
on its old number alone no longer names it in a file: whoever sends that is told to use the code.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gongzhi.codes import registration_number, uscc
from gongzhi.registry.rules import Entry, Why, digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Cursor

    from gongzhi.registry.intake.checking import Stated

UNFIT = "old_number_check"
"""Remark: the old number beside a good unified code is none; the row is kept and the text stands with it."""
TAKEN = "old_number_taken"
"""Remark: another business has this old number; the row is kept without it."""
HEADING = "注册号"
_WITHOUT_CODE = {Why.MISSING_CODE, Why.CODE_LENGTH}


def with_old_numbers(
    rows: Sequence[Stated],
    entries: Sequence[Entry | Why],
    again: Callable[[Stated], Entry | Why],
) -> list[Entry | Why]:
    """The same entries with their old numbers; rows that state nothing else are kept by it, or refused by name.

    `again` checks a row whose code is in order.
    """
    kept = list(entries)
    for at, (row, entry) in enumerate(zip(rows, entries, strict=True)):
        if isinstance(entry, Why):
            if entry in _WITHOUT_CODE and (number := _alone(row)):
                kept[at] = _by_number(row, number, again)
        elif row.old_number:
            kept[at] = _beside(entry, row.old_number)
    return kept


def fault(number: str) -> Why | None:
    """What is wrong with an old number, None where nothing is."""
    if len(number) != registration_number.LENGTH or not (number.isascii() and number.isdigit()):
        return Why.OLD_NUMBER_LENGTH
    return None if registration_number.is_valid(number) else Why.OLD_NUMBER_CHECK


def _alone(row: Stated) -> str:
    """The old number by which a row without a unified code may be kept, empty where it names none."""
    code = uscc.normalise(row.uscc)
    if not code:
        return uscc.normalise(row.old_number)
    return code if code.isdigit() and len(code) == registration_number.LENGTH else ""


def _by_number(row: Stated, number: str, again: Callable[[Stated], Entry | Why]) -> Entry | Why:
    checked = again(row._replace(uscc=number))
    if isinstance(checked, Why):
        return checked
    return fault(number) or checked._replace(old_number=number)


def _beside(entry: Entry, stated: str) -> Entry | Why:
    number = uscc.normalise(stated)
    if number == entry.uscc:
        # Registers write the new code into the old column once there is one.
        return entry
    if fault(number) is None:
        return entry._replace(old_number=number, content=digest((entry.content.hex(), number)))
    try:
        content = digest((entry.content.hex(), HEADING, stated))
    except UnicodeEncodeError:
        return Why.BROKEN_ENCODING
    return _apart(entry, stated, UNFIT)._replace(content=content)


def _apart(entry: Entry, stated: str, remark: str) -> Entry:
    """The entry with what was stated as its old number among its other columns, where it is no key."""
    extra = json.loads(entry.extra) | {HEADING: stated[:80]}
    return entry._replace(
        old_number="",
        extra=json.dumps(extra, ensure_ascii=False, sort_keys=True),
        remarks=(*entry.remarks, remark),
    )


def numbers_of(entries: Sequence[Entry]) -> list[str]:
    """The old numbers that entries state."""
    return [entry.old_number for entry in entries if entry.old_number]


def holders(cursor: Cursor[Any], numbers: Sequence[str]) -> dict[str, str]:
    """Who has these old numbers: by number, the code under which that business is on file."""
    if not numbers:
        return {}
    cursor.execute(
        # The index holds those who have one, which PostgreSQL cannot see from the list.
        "SELECT old_number, uscc FROM registry_business WHERE old_number = ANY(%s) AND old_number <> ''",
        [list(numbers)],
    )
    return dict(cursor.fetchall())


def settled(entries: Sequence[Entry], known: Container[str], held: Mapping[str, str]) -> list[Entry | Why]:
    """The entries as they may be written beside what is on file, or why they may not.

    `known` are the codes on file, `held` who has which old number. Of several that state one number the first has it,
    and the file that went by it; a business that has a file of its own takes no other one over, which a person decides.
    """
    owner = dict(held)
    for entry in entries:
        number = entry.old_number
        two_files = entry.uscc in known and number in known
        if number and entry.uscc != number and owner.get(number, number) == number and not two_files:
            owner[number] = entry.uscc
    return [_settled(entry, owner) if entry.old_number else entry for entry in entries]


def _settled(entry: Entry, owner: Mapping[str, str]) -> Entry | Why:
    if owner.get(entry.old_number, entry.old_number) == entry.uscc:
        return entry
    if entry.uscc == entry.old_number:
        return Why.HAS_UNIFIED_CODE
    return _apart(entry, entry.old_number, TAKEN)
