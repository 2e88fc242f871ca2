"""The key of a door: what two addresses share when one visit serves both.

Two rooms of one building have one door; two numbers of one road have two. The key keeps the place and the building
and drops what lies inside it: floor, unit, room, shop and remarks in brackets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gongzhi.addresses.building import building_line
from gongzhi.addresses.normal import normal_text
from gongzhi.addresses.reading import read_front

if TYPE_CHECKING:
    from gongzhi.addresses.gazetteer import Gazetteer

_MADE = re.compile("(?:[0-9]{12}|[0-9]{9}|-)/")


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
    return line_key(village or place, line)


def line_key(place: str, line: str) -> str:
    """The key of the door that `line` (normal text after the town and village) names in `place` (a code or `-`)."""
    return f"{place}/{door_line(line)}"


def door_line(line: str) -> str:
    """What the key of a door says after its place, of a `line` of normal text after the town and village."""
    return building_line(plain_line(line))


def plain_line(line: str) -> str:
    """`line` without the sign that stands between the place and the line of a key."""
    return line.replace("/", "-")
