"""What a registration states, what may be wrong with it, and what is another after a change. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

from gongzhi.worktime import Limit


class Status(StrEnum):
    """Whether a business still is one (the values of `models.Status`)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    MOVED_OUT = "moved_out"

    @property
    def ended(self) -> bool:
        """Whether what is open for the business closes."""
        return self in {Status.CANCELLED, Status.REVOKED, Status.MOVED_OUT}


class Why(StrEnum):
    """Why a row of a file was not accepted."""

    MISSING_NAME = "missing_name"
    MISSING_CODE = "missing_code"
    MISSING_DATE = "missing_date"
    MISSING_SCOPE = "missing_scope"
    MISSING_ADDRESS = "missing_address"
    CODE_LENGTH = "code_length"
    CODE_ALPHABET = "code_alphabet"
    CODE_CHECK = "code_check"
    CODE_PLACEHOLDER = "code_placeholder"
    OLD_NUMBER_LENGTH = "old_number_length"
    OLD_NUMBER_CHECK = "old_number_check"
    HAS_UNIFIED_CODE = "has_unified_code"
    DATE_UNREADABLE = "date_unreadable"
    DATE_IN_FUTURE = "date_in_future"
    DATE_TOO_OLD = "date_too_old"
    STATUS_UNKNOWN = "status_unknown"
    NAME_TOO_LONG = "name_too_long"
    SCOPE_TOO_LONG = "scope_too_long"
    ADDRESS_TOO_LONG = "address_too_long"
    EXTRA_TOO_LONG = "extra_too_long"
    FORMULA = "formula"
    CONTROL_CHARACTER = "control_character"
    BROKEN_ENCODING = "broken_encoding"
    CELL_COUNT = "cell_count"
    BROKEN_QUOTES = "broken_quotes"
    ROW_TOO_LONG = "row_too_long"
    ENDS_IN_ROW = "file_ends_in_row"
    SUPERSEDED = "superseded_in_file"
    OLDER_THAN_KNOWN = "older_than_known"
    ELSEWHERE = "elsewhere"

    @property
    def zh(self) -> str:
        """The reason in Chinese, for the person who has to put the row right."""
        return WORDS[self][0]

    @property
    def en(self) -> str:
        """The same in English."""
        return WORDS[self][1]


LONGEST_NAME = 300
LONGEST_SCOPE = 20_000
"""Characters. The longest real scopes stay below 6,000; a longer text is something else than a scope."""
LONGEST_ADDRESS = 500
LONGEST_EXTRA = 20_000
FIRST_DAY = date(1900, 1, 1)
"""Some old firms carry founding days before 1949; none carries one before 1900 and a living code."""

WORDS: Mapping[Why, tuple[str, str]] = {
    Why.MISSING_NAME: ("缺少名称", "the name is missing"),
    Why.MISSING_CODE: ("缺少统一社会信用代码", "the unified social credit code is missing"),
    Why.MISSING_DATE: ("缺少成立日期", "the date of establishment is missing"),
    Why.MISSING_SCOPE: ("缺少经营范围", "the business scope is missing"),
    Why.MISSING_ADDRESS: ("缺少住所", "the address is missing"),
    Why.CODE_LENGTH: ("统一社会信用代码不是 18 位", "the code does not have 18 characters"),
    Why.CODE_ALPHABET: ("统一社会信用代码含有不应出现的字符", "the code has a character that cannot occur"),
    Why.CODE_CHECK: ("统一社会信用代码校验码不符", "the code's check character does not fit"),
    Why.CODE_PLACEHOLDER: ("统一社会信用代码为占位代码", "the code is a placeholder"),
    Why.OLD_NUMBER_LENGTH: (
        "没有统一社会信用代码，注册号也不是 15 位数字",
        "there is no unified code, and the registration number is not 15 digits",
    ),
    Why.OLD_NUMBER_CHECK: (
        "没有统一社会信用代码，15 位注册号的校验位不符",
        "there is no unified code, and the check digit of the registration number does not fit",
    ),
    Why.HAS_UNIFIED_CODE: (
        "该注册号的主体已有统一社会信用代码，请以新代码报送",
        "the business of this registration number has a unified code by now; please send it by that code",
    ),
    Why.DATE_UNREADABLE: (
        "成立日期无法识别，应如 2026-09-21",
        "the date cannot be read; it should look like 2026-09-21",
    ),
    Why.DATE_IN_FUTURE: ("成立日期晚于数据基准日", "the date lies after the file's as-of day"),
    Why.DATE_TOO_OLD: ("成立日期早于 1900 年", "the date lies before 1900"),
    Why.STATUS_UNKNOWN: ("登记状态无法识别", "the status is not one we know"),
    Why.NAME_TOO_LONG: (f"名称超过 {LONGEST_NAME} 字", f"the name is longer than {LONGEST_NAME} characters"),
    Why.SCOPE_TOO_LONG: (
        f"经营范围超过 {LONGEST_SCOPE} 字",
        f"the scope is longer than {LONGEST_SCOPE} characters",
    ),
    Why.ADDRESS_TOO_LONG: (
        f"住所超过 {LONGEST_ADDRESS} 字",
        f"the address is longer than {LONGEST_ADDRESS} characters",
    ),
    Why.EXTRA_TOO_LONG: (
        f"其余各列合计超过 {LONGEST_EXTRA} 字",
        f"the other columns are longer than {LONGEST_EXTRA} characters together",
    ),
    Why.FORMULA: ("单元格内容是公式", "a cell holds a formula"),
    Why.CONTROL_CHARACTER: ("含有控制字符", "a cell holds a control character"),
    Why.BROKEN_ENCODING: ("文字编码损坏", "the characters are damaged (encoding)"),
    Why.CELL_COUNT: ("单元格数与表头不符", "the number of cells differs from the header's"),
    Why.BROKEN_QUOTES: ("引号不成对", "a quotation mark is not closed"),
    Why.ROW_TOO_LONG: ("这一行过长", "the row is too long"),
    Why.ENDS_IN_ROW: ("文件在这一行中途结束", "the file ends in the middle of this row"),
    Why.SUPERSEDED: (
        "同一代码在文件后面再次出现，以最后一行为准",
        "the code occurs again further down; the last row counts",
    ),
    Why.OLDER_THAN_KNOWN: (
        "已有基准日更晚的登记信息",
        "what is known has a later as-of day than this file",
    ),
    Why.ELSEWHERE: (
        "属于其他登记机关的辖区，请由当地登记机关报送",
        "it lies with another registrar, who has to send it",
    ),
}


class Entry(NamedTuple):
    """One row that may be kept: `line` in its file, and what the registrar states.

    `extra` holds the columns that have no place of their own, `remarks` findings that do not stand in the way.
    `content` is a digest of everything stated, equal exactly when nothing changed. `point` is where the row says it
    lies, WGS-84 degrees east and north, whatever system it said it in. `old_number` is the registration number of 15
    digits; a business that has no unified code is on file by it, and `uscc` then is that number.
    """

    line: int
    uscc: str
    name: str
    kind: str
    status: str
    established_on: date
    scope: str
    address: str
    extra: str
    remarks: tuple[str, ...]
    content: bytes
    point: tuple[float, float] | None = None
    old_number: str = ""


def digest(parts: Sequence[str]) -> bytes:
    """A digest of what is stated. Raises UnicodeEncodeError where a character was damaged in reading."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).digest()


class Where(NamedTuple):
    """Where an address lies: see `models.Business` for the fields.

    `candidates` are villages that it may lie in, with how likely they are, for the person who has to place it.
    """

    area: str
    placed: bool
    door_key: str
    method: str
    confidence: float
    candidates: tuple[tuple[str, float | None], ...] = ()


class Places(Protocol):
    """Whoever can say where addresses lie; the reference library, handed in by a door."""

    def place_many(self, texts: Sequence[str]) -> Sequence[Any]:
        """For each address, something with the fields of `Where`."""
        ...

    def hold_against(self, placed: Sequence[Any], points: Mapping[int, tuple[float, float]]) -> Sequence[Any]:
        """The same answers where some came with a point (WGS-84), by their place; asked only where one did."""
        ...


def counted(established_on: date, as_of: date, stock_after: Limit) -> tuple[date, bool]:
    """From which day a new business's limits count, and whether it is old stock.

    A registration that was older than the limit when the file was made is stock: its limits passed long ago and
    would all be late at once, so they count from the as-of day.
    """
    stock = established_on < as_of - timedelta(days=stock_after.amount)
    return (as_of, True) if stock else (established_on, False)
