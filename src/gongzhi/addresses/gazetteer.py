"""The names of towns and villages that an address may state, official, short and old, and what they name.

Built from rows of a division list (`code12, name, town_code9, town, area_code6, area, city`; the statistical codes of
the National Bureau of Statistics) and from dated rows of old names. A name is looked up inside its town wherever
the town is known: 新村 and 石排 each name several villages of one city.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from gongzhi.addresses.normal import normal_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gongzhi.packs import Pack

_VILLAGE_ENDINGS = (
    "社区居民委员会|社区居委会|村村民委员会|村民委员会|居民委员会|村委员会|居委会|村委会|(?<!虚拟)社区"
)
_VILLAGE_ENDING = re.compile(f"(?:{_VILLAGE_ENDINGS})$")
_TOWN_ENDING = re.compile("(?:街道办事处|街道办|街道|镇|乡)$")
# What people write after a village's short name. 管理区 was the level's name in Guangdong until about 2000, and a
# village that became a community is still called 村 for decades.
VILLAGE_SUFFIXES = (
    "社区居民委员会",
    "社区居委会",
    "社区居委",
    "居民委员会",
    "居委会",
    "居委",
    "社区",
    "村村民委员会",
    "村民委员会",
    "村委会",
    "村委",
    "村",
    "管理区",
)
COMMUNITY_SUFFIXES = tuple(s for s in VILLAGE_SUFFIXES if s not in {"村", "管理区"})
TOWN_SUFFIXES = ("街道办事处", "街道办", "街道", "办事处", "管理区", "镇", "乡", "区")
_HEAD = re.compile(
    "^(?:[一-鿿]{2,3}省)?(?:[一-鿿]{2,4}?市(?!场))?"
    "(?P<area>[一-鿿]{1,8}?(?:新区|区|县|市|旗))??"
    "(?P<town>[一-鿿]{1,8}?(?:街道|镇(?!街道)|乡(?!街道|镇)))"
    "(?:(?P<village>[一-鿿]{1,10}?)(?P<suffix>社区居委会|社区|居委会|村委会|管理区|村(?!社区|委会|居委)))?"
)
_Name = TypeVar("_Name", str, tuple[str, str])
_SURE_SHARE = 0.9  # a name read off known addresses counts once nine in ten of them agree on what it names


@dataclass(frozen=True, slots=True)
class Town:
    """A town or street: statistical code of nine digits, official name, and the county it belongs to."""

    code: str
    name: str
    area_code: str
    area: str


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community: statistical code of twelve digits, official name, short name, town."""

    code: str
    name: str
    short: str
    town_code: str


def short_village_name(name: str) -> str:
    """`岗贝社区居民委员会` → `岗贝`; `黎村村民委员会` → `黎村`: what is left is what people call the place."""
    plain = normal_text(name)
    short = _VILLAGE_ENDING.sub("", plain)
    if len(short) == 1 and plain[1] == "村":  # nobody says 黎 for 黎村
        short += "村"
    return short or plain


def short_town_name(name: str) -> str:
    """`大岭山镇` → `大岭山`; a name without 镇, 乡 or 街道 stays whole."""
    plain = normal_text(name)
    return _TOWN_ENDING.sub("", plain) or plain


@dataclass(slots=True)
class Gazetteer:
    """Names → divisions. Read-only after `from_rows`; `learned` returns a richer copy, never changes this one."""

    towns: dict[str, Town] = field(default_factory=dict)
    villages: dict[str, Village] = field(default_factory=dict)
    cities: frozenset[str] = frozenset()
    areas: dict[str, str] = field(default_factory=dict)  # every name of a county → its code of six digits
    town_names: dict[str, tuple[str, ...]] = field(default_factory=dict)  # full forms → codes of nine digits
    town_shorts: dict[str, tuple[str, ...]] = field(default_factory=dict)  # bare forms, read with more care
    village_forms: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # town → full form → code of 12 digits
    village_shorts: dict[str, dict[str, str]] = field(default_factory=dict)  # town → bare form → code
    anywhere: dict[str, tuple[str, ...]] = field(default_factory=dict)  # full form → codes in any town
    # The same names by their first two letters, the longest first: a front is read in a few comparisons. Of villages
    # and counties only the lengths of their forms, since the form itself is then looked up.
    town_starts: dict[str, list[tuple[str, tuple[str, ...], bool]]] = field(default_factory=dict)
    village_starts: dict[str, dict[str, tuple[int, ...]]] = field(default_factory=dict)
    area_starts: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Mapping[str, str]],
        *,
        old_names: Iterable[Mapping[str, str]] = (),
        former_villages: Iterable[Mapping[str, str]] = (),
    ) -> Gazetteer:
        """Names of the divisions in `rows`.

        `rows`: `code12, name, town_code9, town, area_code6, area, city`. `old_names`: `old_name, code, kind` with
        `kind` former or variant (a `part` of a town names no town and is left out). `former_villages`: `name,
        current_code12`; rows without a successor are left out. Further columns are ignored. Raises KeyError for a
        missing column.
        """
        made = cls()
        town_names: dict[str, set[str]] = defaultdict(set)
        shorts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        cities = set()
        for row in rows:
            code, town_code = row["code12"], row["town_code9"]
            made.towns.setdefault(town_code, Town(town_code, row["town"], row["area_code6"], row["area"]))
            short = short_village_name(row["name"])
            made.villages[code] = Village(code, row["name"], short, town_code)
            shorts[town_code][short].add(code)
            cities.add(normal_text(row["city"]))
            if row["area"] != row["city"]:
                made.areas[normal_text(row["area"])] = row["area_code6"]
        for former in former_villages:
            successor = made.villages.get(former["current_code12"])
            if successor:
                shorts[successor.town_code][short_village_name(former["name"])].add(successor.code)
        for town in made.towns.values():
            town_names[normal_text(town.name)].add(town.code)
            town_names[short_town_name(town.name)].add(town.code)
        for old in old_names:
            if old["kind"] == "part":
                continue
            name = normal_text(old["old_name"])
            if old["code"] in made.towns:
                town_names[name].add(old["code"])
            elif any(town.area_code == old["code"] for town in made.towns.values()):
                made.areas[name] = old["code"]
        made.cities = frozenset(cities)
        made._index(town_names, shorts, read_off=set())
        return made

    @classmethod
    def of_pack(cls, pack: Pack) -> Gazetteer:
        """Names of the divisions of a city's pack, with its old and former ones."""
        return cls.from_rows(
            (
                {
                    "code12": village.code12,
                    "name": village.name,
                    "town_code9": village.town_code9,
                    "town": village.town,
                    "area_code6": village.area_code6,
                    "area": village.area,
                    "city": village.city,
                }
                for village in pack.villages
            ),
            old_names=({"old_name": o.old_name, "code": o.code, "kind": o.kind} for o in pack.old_names),
            former_villages=(
                {"name": former.name, "current_code12": former.current_code12}
                for former in pack.former_villages
            ),
        )

    def learned(self, known: Iterable[tuple[str, str]]) -> Gazetteer:
        """This gazetteer with the names that `known` (normal text, village code) agree on and it lacks.

        A city whose division list is not at hand is read from its own addresses: `…区…街道…社区` before a code
        names that town and that community. A name counts once nine in ten of its addresses agree.
        """
        heads = _Heads.read(known)
        made = Gazetteer(
            towns=dict(self.towns), villages=dict(self.villages), cities=self.cities, areas=dict(self.areas)
        )
        shorts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for town_code, bare_names in self.village_shorts.items():
            for name, code in bare_names.items():
                shorts[town_code][name].add(code)
        read_off = {(v.town_code, v.short) for v in self.villages.values() if v.name == v.short}
        for (town_code, name), code in heads.agreed_villages():
            if name not in shorts[town_code]:
                shorts[town_code][name].add(code)
                made.villages.setdefault(code, Village(code, name, name, town_code))
                if code[9] == "0":
                    read_off.add((town_code, name))
        town_names = self._town_names_with(heads)
        for name, code in heads.agreed_areas():
            if name not in town_names:
                made.areas.setdefault(name, code)
        for code, name in heads.name_of_town.items():
            made.towns.setdefault(code, Town(code, name, code[:6], ""))
        made._index(town_names, shorts, read_off=read_off)
        return made

    def _town_names_with(self, heads: _Heads) -> dict[str, set[str]]:
        """The towns' names, and those of `heads` that are new, for every town that one address in ten means."""
        names: dict[str, set[str]] = defaultdict(set)
        for name, codes in (*self.town_names.items(), *self.town_shorts.items()):
            names[name] |= set(codes)
        for name in heads.towns.keys() - names.keys():
            counted = heads.towns[name]
            names[name] = {c for c, n in counted.items() if n >= (1 - _SURE_SHARE) * counted.total()}
        return names

    def _index(
        self,
        town_names: dict[str, set[str]],
        shorts: dict[str, dict[str, set[str]]],
        *,
        read_off: set[tuple[str, str]],
    ) -> None:
        self._index_towns(town_names)
        self.area_starts = _lengths(self.areas)
        anywhere: dict[str, set[str]] = defaultdict(set)
        for town_code, names in shorts.items():
            forms: dict[str, set[str]] = defaultdict(set)
            for short, codes in names.items():
                for form in _forms(short, only_community=(town_code, short) in read_off):
                    forms[form] |= codes
                    anywhere[form] |= codes
            self.village_shorts[town_code] = {name: min(c) for name, c in names.items() if len(c) == 1}
            # Forms shared by two villages of a town name neither.
            listed = sorted(
                ((form, min(codes)) for form, codes in forms.items() if len(codes) == 1),
                key=lambda item: -len(item[0]),
            )
            self.village_forms[town_code] = dict(listed)
            self.village_starts[town_code] = _lengths(form for form, _ in listed)
        self.anywhere = {form: tuple(sorted(codes)) for form, codes in anywhere.items()}

    def _index_towns(self, town_names: dict[str, set[str]]) -> None:
        full: dict[str, set[str]] = defaultdict(set)
        bare: dict[str, set[str]] = defaultdict(set)
        for name, codes in town_names.items():
            if name.endswith(TOWN_SUFFIXES):
                full[name] |= codes
                continue
            bare[name] |= codes
            for suffix in TOWN_SUFFIXES:
                full[name + suffix] |= codes
        self.town_names = {name: tuple(sorted(codes)) for name, codes in full.items()}
        self.town_shorts = {name: tuple(sorted(codes)) for name, codes in bare.items() if len(name) > 1}
        listed = [(name, codes, True) for name, codes in self.town_names.items()]
        listed += [(name, codes, False) for name, codes in self.town_shorts.items()]
        starts: dict[str, list[tuple[str, tuple[str, ...], bool]]] = defaultdict(list)
        for item in sorted(listed, key=lambda item: -len(item[0])):
            starts[item[0][:2]].append(item)
        self.town_starts = dict(starts)


def _lengths(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The lengths of the names that begin with the same two letters, the longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for name in names:
        lengths[name[:2]].add(len(name))
    return {begins: tuple(sorted(found, reverse=True)) for begins, found in lengths.items()}


def _forms(short: str, *, only_community: bool) -> Iterator[str]:
    """What people write for the village of that short name."""
    # 黎村 is whole by itself, and 黎村村 is written as well; 新村 alone may be any new quarter.
    if short.endswith("村") and len(short) > 1 and short != "新村":
        yield short
    # A name read off addresses as a community's says nothing about …村, which may be a natural village inside
    # another community; an official list does.
    for suffix in COMMUNITY_SUFFIXES if only_community else VILLAGE_SUFFIXES:
        yield short + suffix


class _Heads:
    """The names that known addresses begin with, counted by the codes that they stand for."""

    def __init__(self) -> None:
        self.towns: dict[str, Counter[str]] = defaultdict(Counter)
        self.name_of_town: dict[str, str] = {}
        self._areas: dict[str, Counter[str]] = defaultdict(Counter)
        self._villages: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    @classmethod
    def read(cls, known: Iterable[tuple[str, str]]) -> _Heads:
        heads = cls()
        for text, code in known:
            head = _HEAD.match(text)
            if head is None or len(code) != 12:
                continue
            heads.towns[head["town"]][code[:9]] += 1
            heads.name_of_town.setdefault(code[:9], head["town"])
            if head["area"]:
                heads._areas[head["area"]][code[:6]] += 1
            # 村 alone may be a natural village; the digit says whether the code is a village's or a community's.
            if head["village"] and (head["suffix"] != "村" or code[9] != "0"):
                heads._villages[code[:9], head["village"]][code] += 1
        return heads

    def agreed_villages(self) -> Iterator[tuple[tuple[str, str], str]]:
        """((town, name), code) of the names that nine in ten agree on."""
        yield from _agreed(self._villages)

    def agreed_areas(self) -> Iterator[tuple[str, str]]:
        """(name, code) of the counties' names that nine in ten agree on."""
        yield from _agreed(self._areas)


def _agreed(counted: Mapping[_Name, Counter[str]]) -> Iterator[tuple[_Name, str]]:
    for name, codes in counted.items():
        code, count = codes.most_common(1)[0]
        if count >= _SURE_SHARE * codes.total():
            yield name, code
