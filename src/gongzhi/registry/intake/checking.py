"""Is a row one that can be kept? Pure; every refusal is a coded reason."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from gongzhi.codes import uscc
from gongzhi.codes.uscc import Finding
from gongzhi.registry.intake.pointing import with_points
from gongzhi.registry.intake.renumbering import with_old_numbers
from gongzhi.registry.rules import (
    FIRST_DAY,
    LONGEST_ADDRESS,
    LONGEST_EXTRA,
    LONGEST_NAME,
    LONGEST_SCOPE,
    Entry,
    Status,
    Why,
    digest,
)


class Stated(NamedTuple):
    """A row as it was written, cells stripped of the space around them."""

    line: int
    name: str
    uscc: str
    established: str
    scope: str
    address: str
    kind: str = ""
    status: str = ""
    extra: Mapping[str, str] = MappingProxyType({})
    old_number: str = ""


_CODE: dict[Finding, Why] = {
    Finding.EMPTY: Why.MISSING_CODE,
    Finding.LENGTH: Why.CODE_LENGTH,
    Finding.ALPHABET: Why.CODE_ALPHABET,
    Finding.CHECK: Why.CODE_CHECK,
    Finding.PLACEHOLDER: Why.CODE_PLACEHOLDER,
}

_STATUS: dict[str, Status] = {
    "": Status.ACTIVE,
    **dict.fromkeys(
        ("存续", "在业", "开业", "在营", "正常", "登记成立", "在册", "存续（在营、开业、在册）", "active"),
        Status.ACTIVE,
    ),
    **dict.fromkeys(("歇业", "停业", "suspended"), Status.SUSPENDED),
    **dict.fromkeys(("注销", "已注销", "注销登记", "cancelled"), Status.CANCELLED),
    **dict.fromkeys(("吊销", "已吊销", "吊销未注销", "吊销，未注销", "revoked"), Status.REVOKED),
    **dict.fromkeys(("吊销已注销", "吊销，已注销"), Status.CANCELLED),
    **dict.fromkeys(("迁出", "已迁出", "moved_out"), Status.MOVED_OUT),
}

# A date with or without a time of midnight, as spreadsheets write it; other times mean that it isn't a date.
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))"
    r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SUSPECT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f=@+\\-]")
# What a spreadsheet takes for a formula. A sign alone may begin a list in a scope, but no name, code or address.
_FORMULA = re.compile(r"[=@]|[+\-](?=[\w(\"'@=+\-])", re.ASCII)
_FORMULA_IN_SCOPE = re.compile(r"=|[+\-@][A-Za-z0-9_.]*[(!|'\"]")


def read_date(text: str) -> date | None:
    """The day that a cell writes, or None: 2026-09-21, 2026/9/21, 2026.9.21, 2026年9月21日, 20260921."""
    if len(text) == 10 and text[4] == "-":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def check(rows: Sequence[Stated], as_of: date) -> list[Entry | Why]:
    """For each row the entry to keep, or why it can't be kept. Order and number are kept."""
    findings = uscc.check_many([row.uscc for row in rows]).tolist()
    entries = [_check(row, Finding(found), as_of) for row, found in zip(rows, findings, strict=True)]
    numbered = with_old_numbers(rows, entries, lambda row: _check(row, Finding.NONE, as_of))
    return with_points(rows, numbered)


def _check(row: Stated, found: Finding, as_of: date) -> Entry | Why:
    status = _STATUS.get(row.status)
    established = read_date(row.established)
    why = (
        _missing(row)
        or _too_long(row)
        or _unfit(row)
        or _CODE.get(found)
        or _wrong_day(established, as_of)
        or (Why.STATUS_UNKNOWN if status is None else None)
    )
    if why or established is None or status is None:
        return why or Why.DATE_UNREADABLE
    code = row.uscc if row.uscc.isupper() and row.uscc.isalnum() and row.uscc.isascii() else _plain(row.uscc)
    kind = row.kind or kind_of(code)
    extra = json.dumps(row.extra, ensure_ascii=False, sort_keys=True) if row.extra else "{}"
    try:
        content = digest(
            (code, row.name, kind, status, established.isoformat(), row.scope, row.address, extra)
        )
    except UnicodeEncodeError:
        return Why.BROKEN_ENCODING
    return Entry(
        line=row.line,
        uscc=code,
        name=row.name,
        kind=kind[:80],
        status=status.value,
        established_on=established,
        scope=row.scope,
        address=row.address,
        extra=extra,
        remarks=(found.name.lower(),) if found else (),
        content=content,
    )


def _missing(row: Stated) -> Why | None:
    for text, why in (
        (row.name, Why.MISSING_NAME),
        (row.uscc, Why.MISSING_CODE),
        (row.established, Why.MISSING_DATE),
        (row.scope, Why.MISSING_SCOPE),
        (row.address, Why.MISSING_ADDRESS),
    ):
        if not text:
            return why
    return None


def _too_long(row: Stated) -> Why | None:
    if len(row.name) > LONGEST_NAME:
        return Why.NAME_TOO_LONG
    if len(row.scope) > LONGEST_SCOPE:
        return Why.SCOPE_TOO_LONG
    if len(row.address) > LONGEST_ADDRESS:
        return Why.ADDRESS_TOO_LONG
    if row.extra and sum(map(len, row.extra.values())) > LONGEST_EXTRA:
        return Why.EXTRA_TOO_LONG
    return None


def _unfit(row: Stated) -> Why | None:
    """What no cell may hold, whatever it means."""
    others = row.extra.values()
    # Nearly every row holds nothing that could offend, which one look at all of it says.
    begins = row.established[:1]
    if not _SUSPECT.search(
        "\n".join(
            (
                begins,
                row.name,
                row.uscc,
                row.old_number,
                row.address,
                row.kind,
                row.status,
                row.scope,
                *others,
            )
        )
    ):
        return None
    if any(map(_FORMULA.match, (row.name, row.uscc, row.established, row.address, row.kind, row.status))):
        return Why.FORMULA
    if _FORMULA_IN_SCOPE.match(row.scope) or any(map(_FORMULA_IN_SCOPE.match, others)):
        return Why.FORMULA
    if any(map(_CONTROL.search, (row.name, row.old_number, row.scope, row.address, row.kind, *others))):
        return Why.CONTROL_CHARACTER
    return None


def _wrong_day(established: date | None, as_of: date) -> Why | None:
    if established is None:
        return Why.DATE_UNREADABLE
    if established > as_of:
        return Why.DATE_IN_FUTURE
    return Why.DATE_TOO_OLD if established < FIRST_DAY else None


def _plain(code: str) -> str:
    return uscc.normalise(code)


def kind_of(code: str) -> str:
    """The kind of body that a code's first two characters say, in Chinese; empty when they say none."""
    subject = uscc.subjects().get(code[:2]) if len(code) == uscc.LENGTH else None
    return subject.chinese if subject else ""
