"""The key of a door: what two addresses share when one visit serves both.

Two rooms of one building have one door; two numbers of one road have two. The key keeps the place and the building
and drops what lies inside it: floor, unit, room, shop and remarks in brackets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gongzhi.addresses.normal import normal_text
from gongzhi.addresses.reading import read_front

if TYPE_CHECKING:
    from gongzhi.addresses.gazetteer import Gazetteer

_MADE = re.compile("(?:[0-9]{12}|[0-9]{9}|-)/")
_BRACKETS = re.compile("\\([^()]*\\)?")
_INSIDE = re.compile(
    "(?:第|地下|负)?[0-9A-Z]+(?:[-、,/~][0-9A-Z]+)*(?:至[0-9]+)?(?:楼(?!盘)|层|室|房|单元|铺|商铺|号铺|号商铺|卡|档|柜|F(?![0-9A-Z])).*"
    "|(?:首层|地下室|地铺|顶楼|天台|商铺|铺位|集群注册).*"
    "|(?<=[厦楼栋座幢城场心园苑庭阁轩居寓])[A-Z]?[0-9]+(?:[-、,/A-Z0-9]*)$"
    "|(?<=号)[A-Z]?[0-9]{3,}(?:[-、,/A-Z0-9]*)$"
    "|之[一二三四五六七八九十0-9]+$"
)
_TAIL = re.compile("[-、,./:&]+$")


def door_key(address: str, gazetteer: Gazetteer, village: str | None = None) -> str:
    """The key of the door of `address`: `place/what is left of the line up to the building`.

    The place is `village` (a code of twelve digits, where the caller knows it), else the village that the address
    states, else its town's code, else `-`. An address that names no building keeps its whole line. Any text gives a
    key, and the key of a key is the key itself.
    """
    text = normal_text(address)
    made = _MADE.match(text)
    if made:
        place, line = text[: made.end() - 1], text[made.end() :]
    else:
        front = read_front(text, gazetteer)
        place = front.village_code or (front.town_codes[0] if len(front.town_codes) == 1 else "-")
        line = text[front.rest :]
        if front.village[1]:
            line = text[front.rest : front.village[0]] + text[front.village[1] :]
        line = line.replace("/", "-")
    return f"{village or place}/{_building_line(line)}"


def _building_line(line: str) -> str:
    while True:
        plain = _BRACKETS.sub("", line).replace(")", "")
        shorter = _TAIL.sub("", _INSIDE.sub("", plain))
        # A line that is nothing but a room ("101室") names no building: better its own door than everybody's.
        if not shorter:
            return plain or line
        if shorter == line:
            return shorter
        line = shorter
