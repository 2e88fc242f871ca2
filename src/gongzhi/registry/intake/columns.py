"""Which heading is which column, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongzhi.registry.intake.checking import Stated

REQUIRED: dict[str, tuple[str, ...]] = {
    "name": ("name", "名称", "企业名称", "主体名称", "市场主体名称", "经营主体名称", "字号名称"),
    "uscc": (
        "uscc",
        "统一社会信用代码",
        "统一信用代码",
        "信用代码",
        "统一社会信用代码/注册号",
        "统一社会信用代码(注册号)",
        "注册号/统一社会信用代码",
    ),
    "established": ("established_date", "成立日期", "注册日期", "登记日期", "成立时间"),
    "scope": ("business_scope", "经营范围"),
    "address": ("address", "住所", "地址", "经营场所", "住所(经营场所)", "住所/经营场所", "注册地址"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    "status": ("status", "状态", "登记状态", "经营状态", "主体状态"),
    "old_number": ("old_number", "注册号", "工商注册号", "原注册号", "营业执照注册号"),
    "kind": ("kind", "enterprise_type", "类型", "企业类型", "主体类型"),
}


class HeadingError(ValueError):
    """The file's first row isn't the heading of a file of registrations; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands in a row."""

    width: int
    places: dict[str, int]
    others: tuple[tuple[int, str], ...]

    def stated(self, line: int, cells: Sequence[str]) -> Stated:
        """The row's cells under their names; blank other columns are left out."""
        places = self.places
        code, old = places.get("uscc"), places.get("old_number")
        kind, status = places.get("kind"), places.get("status")
        return Stated(
            line=line,
            name=cells[places["name"]].strip(),
            uscc=cells[code].strip() if code is not None else "",
            established=cells[places["established"]].strip(),
            scope=cells[places["scope"]].strip(),
            address=cells[places["address"]].strip(),
            kind=cells[kind].strip() if kind is not None else "",
            status=cells[status].strip() if status is not None else "",
            extra={name: text for at, name in self.others if (text := cells[at].strip())},
            old_number=cells[old].strip() if old is not None else "",
        )


def read_heading(cells: Sequence[str]) -> Columns:
    """The columns of a heading. Raises HeadingError where a required one is missing or a known one is there twice."""
    names = [cell.strip() for cell in cells]
    plain = [name.replace("（", "(").replace("）", ")").lower() for name in names]
    places: dict[str, int] = {}
    for column, spellings in {**REQUIRED, **OPTIONAL}.items():
        found = [at for at, name in enumerate(plain) if name in spellings]
        if len(found) > 1 and column in REQUIRED:
            headings = "、".join(names[at] for at in found)
            raise HeadingError(
                f"表头有多列指同一内容：{headings} / several columns mean the same: {headings}"
            )
        if found:
            places[column] = found[0]
    # An archive from before the unified code has the old number alone.
    named = {*places, "uscc"} if "old_number" in places else places
    if missing := [
        f"{spellings[1]}（{spellings[0]}）" for column, spellings in REQUIRED.items() if column not in named
    ]:
        raise HeadingError(f"表头缺少：{'、'.join(missing)} / the heading lacks: {', '.join(missing)}")
    taken = set(places.values())
    others = tuple((at, name[:60]) for at, name in enumerate(names) if at not in taken and name)
    return Columns(width=len(names), places=places, others=others)
