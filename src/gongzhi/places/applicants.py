"""What anybody may be told about an address, without an account: its standard spelling and village, or what is missing.

An answer is made of the asker's own words and of the names of divisions. Of the library it says whether it has the door
and in which village, never a row; of the city no grid, no officer and no business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gongzhi.addresses import Gazetteer, normal_text
from gongzhi.addresses.reading import Front, read_front
from gongzhi.places.placing import LookedUp
from gongzhi.places.queries import gazetteer, placer
from gongzhi.places.rules import can_teach

_LEAST = 0.05
"""Below this share nobody is helped by being shown a village."""
_MOST = 5
_VILLAGE = re.compile("(?:村民委员会|村委员会|村委会)$")
_COMMUNITY = re.compile("(?:居民委员会|居委会)$")
_SAYS_ITS_KIND = re.compile("村$|社区$")


class Standing(StrEnum):
    """How an address stands with the library."""

    KNOWN = "known"
    """The library has this door in this village."""
    NEW = "new"
    """Town, village and door are all named, and the library does not have the door."""
    UNSURE = "unsure"
    """It may lie in one of several villages: the applicant knows in which."""
    INCOMPLETE = "incomplete"
    """It names no town, no door, or nothing that the library could tell a village by."""


class Missing(StrEnum):
    """What an address does not say."""

    TOWN = "town"
    VILLAGE = "village"
    DOOR = "door"


@dataclass(frozen=True, slots=True)
class Possible:
    """One village that may be meant, and how the address is written there."""

    town: str
    village: str
    spelling: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an applicant is told. `here` is the one village where it is settled; `elsewhere` says that the library has
    the door, but in another village than the one that was written."""

    standing: Standing
    here: Possible | None = None
    missing: tuple[Missing, ...] = ()
    possible: tuple[Possible, ...] = ()
    elsewhere: bool = False


def tell(text: str, *, today: date) -> Told:
    """What anybody may be told about an address, by today's library. Any text is answered.

    Needs no post: the library is asked by the machine itself, and only what `told` keeps of its answer goes out.
    """
    return told(text, placer(today).look_up(text), gazetteer(today))


def told(text: str, found: LookedUp, names: Gazetteer) -> Told:
    """The answer to an applicant. Pure."""
    normal = normal_text(text)
    front = read_front(normal, names)
    line = _line(normal, front)
    if not line:
        return Told(Standing.INCOMPLETE, missing=_missing(front, line))
    stated = front.village_code if front.village_follows_town else None
    at_door = sorted({row.village for row in found.known} | set(found.elsewhere))
    here = stated or (found.village if found.decision == "auto" else None)
    if here and here in at_door:
        return Told(Standing.KNOWN, here=_possible(here, line, names))
    missing = _missing(front, line)
    if stated and at_door:
        # Their own word against the library's: they see where it has the door, and may hold to theirs at the window.
        return Told(
            Standing.UNSURE,
            here=_possible(stated, line, names),
            possible=_spelt(at_door, line, names),
            elsewhere=True,
        )
    if here and not at_door:
        return Told(
            Standing.INCOMPLETE if missing else Standing.NEW,
            here=_possible(here, line, names),
            missing=missing,
        )
    likely = [one.village for one in found.placed.candidates if (one.score or 0.0) >= _LEAST]
    possible = _spelt([*at_door, *likely, *filter(None, [front.village_code])], line, names)
    if missing or not possible:
        return Told(Standing.INCOMPLETE, missing=missing or (Missing.VILLAGE,), possible=possible)
    return Told(Standing.UNSURE, possible=possible)


def spell(village: str, line: str, names: Gazetteer) -> str:
    """An address in its standard spelling: city, county, town, village, and the line below them.

    `village` is a code of twelve digits that the gazetteer has. What it is called reads back as that village, or, where
    two villages of a town share a name or one has none of its own (…生活区), as no village: never as another.
    """
    known = names.villages[village]
    town = names.towns[known.town_code]
    city = min(names.cities, default="")
    county = "" if town.area in {city, ""} else town.area
    return f"{city}{county}{town.name}{village_name(known.name)}{line}"


def village_name(official: str) -> str:
    """`北隅社区居民委员会` → `北隅社区`, `井美村民委员会` → `井美村`: a village as it stands in an address."""
    if (plain := _VILLAGE.sub("", official)) != official:
        return plain if _SAYS_ITS_KIND.search(plain) else plain + "村"
    if (plain := _COMMUNITY.sub("", official)) != official:
        return plain if _SAYS_ITS_KIND.search(plain) else plain + "社区"
    return official


def _line(normal: str, front: Front) -> str:
    """What stands below town and village."""
    if front.village[1]:
        return normal[front.rest : front.village[0]] + normal[front.village[1] :]
    return normal[front.rest :]


def _missing(front: Front, line: str) -> tuple[Missing, ...]:
    town = () if front.town_codes or front.village_code else (Missing.TOWN,)
    return (*town, *(() if can_teach(line) else (Missing.DOOR,)))


def _spelt(villages: Iterable[str], line: str, names: Gazetteer) -> tuple[Possible, ...]:
    known = [code for code in dict.fromkeys(villages) if code in names.villages]
    return tuple(one for code in known[:_MOST] if (one := _possible(code, line, names)))


def _possible(village: str, line: str, names: Gazetteer) -> Possible | None:
    known = names.villages.get(village)
    if known is None or known.town_code not in names.towns:
        return None
    return Possible(names.towns[known.town_code].name, village_name(known.name), spell(village, line, names))
