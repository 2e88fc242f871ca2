"""Where a line stops naming a building and begins to say what is inside it: floor, unit, room, shop, remarks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gongzhi.addresses.normal import apart, below_each_other

if TYPE_CHECKING:
    from collections.abc import Sequence

# Lines are read one below the other as well: nothing runs beyond the end of one.
_BRACKETS = re.compile("\\([^()\n]*\\)?|\\)")
# Each branch runs to the end of the line; the look ahead names the letters with which one can begin.
_INSIDE = re.compile(
    "(?=[第地负首顶天商铺集之0-9A-Z])(?:"
    "(?:第|地下|负)?[0-9A-Z]+(?:[-、,/~][0-9A-Z]+)*(?:至[0-9]+)?(?:楼(?!盘)|层|室|房|单元|号?商?铺|[卡档柜]|F(?![0-9A-Z])).*"
    "|(?:首层|地下室|地铺|顶楼|天台|商铺|铺位|集群注册).*"
    "|(?<=[厦楼栋座幢城场心园苑庭阁轩居寓])[A-Z]?[0-9]+(?:[-、,/A-Z0-9]*)$"
    "|(?<=号)[A-Z]?[0-9]{3,}(?:[-、,/A-Z0-9]*)$"
    "|之[一二三四五六七八九十0-9]+$)",
    re.MULTILINE,
)
_TAIL = "-、,./:&"


def building_line(line: str) -> str:
    """`line` (normal text) up to its building; a line that names none is kept whole. Stable under repetition."""
    while True:
        plain = _BRACKETS.sub("", line) if "(" in line or ")" in line else line
        shorter = _INSIDE.sub("", plain).rstrip(_TAIL)
        # A line that is nothing but a room ("101室") names no building: better its own door than everybody's.
        if not shorter:
            return plain or line
        if shorter == line:
            return shorter
        line = shorter


def building_lines(lines: Sequence[str]) -> list[str]:
    """Each of `lines` up to its building, as `building_line` reads it; they are cut together, time and again."""
    found = list(lines)
    waiting = list(range(len(found)))
    while waiting:
        before = [found[at] for at in waiting]
        joined = below_each_other(before)
        plain = _BRACKETS.sub("", joined) if "(" in joined or ")" in joined else joined
        still = []
        for at, line, cut in zip(waiting, before, apart(_INSIDE.sub("", plain)), strict=True):
            shorter = cut.rstrip(_TAIL)
            if not shorter:
                found[at] = building_line(line)
            elif shorter != line:
                found[at] = shorter
                still.append(at)
        waiting = still
    return found
