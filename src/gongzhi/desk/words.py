"""What codes are called: places, departments, roles, states. Kept in memory; reference data change rarely."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Q
from django.utils.translation import get_language

from gongzhi.catalog.models import InstalledPack
from gongzhi.clues.models import Market
from gongzhi.flow.graph import graph_named
from gongzhi.org.models import Department, Division, Grid, Person, Post
from gongzhi.org.roles import LABELS, Role

DEMO_PREFIX = "demo-"
"""User names of invented people begin so; a real city has none."""

_SECONDS = 300
_PROVINCE = re.compile(r"[\u3400-\u9fff]{2,3}省|[\u3400-\u9fff]{2,6}自治区")
T = TypeVar("T")


class _Kept(Generic[T]):
    """A small table held in memory and read anew every few minutes."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._held: T | None = None
        self._until = 0.0

    def get(self) -> T:
        if self._held is None or time.monotonic() > self._until:
            self._held = self._read()
            self._until = time.monotonic() + _SECONDS
        return self._held

    def forget(self) -> None:
        self._held = None


@dataclass(frozen=True, slots=True)
class Bilingual:
    """Words in both languages; `said` picks the reader's."""

    zh: str
    en: str

    @property
    def said(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en or self.zh

    def __str__(self) -> str:
        return self.said

    @classmethod
    def parted(cls, message: str) -> Bilingual:
        """What a lower floor says in both languages, the Chinese first and ` / ` between."""
        zh, _, en = message.partition(" / ")
        return cls(zh, en)


@dataclass(frozen=True, slots=True)
class City:
    """The city this installation serves."""

    code: str
    zh: str
    en: str
    invented: bool

    @property
    def said(self) -> str:
        return Bilingual(self.zh, self.en).said


def forget() -> None:
    """Read everything anew; for tests and after a pack was loaded."""
    for kept in (_places, _departments, _city):
        kept.forget()


def city() -> City | None:
    """The installed city, or None before `gongzhi init`."""
    return _city.get()


def place(area: str) -> str:
    """A code as a person says it, from the town down: 莞城街道 · 北隅社区 · 第03网格."""
    names = _places.get()
    parts = [
        names[area[:digits]] for digits in (6, 9, 12, 15) if len(area) >= digits and area[:digits] in names
    ]
    if parts:
        return " · ".join(parts)
    if area in names and not area[:1].isdecimal():
        # A co-governed market stands in the place of a grid.
        return names[area]
    # The city alone has a name in both languages; its villages are not translated.
    here = city()
    return here.said if here and here.code == area[:4] else names.get(area[:4], area)


def short_place(area: str) -> str:
    """Only the last part of a place's name."""
    return place(area).rpartition(" · ")[2]


def split_address(address: str, area: str) -> tuple[str, str]:
    """An address in two: what only names the village of `area` and the levels above it, and what tells doors apart."""
    names = _places.get()
    province = _PROVINCE.match(address)
    end = province.end() if province else 0
    for digits in (4, 6, 9, 12):
        name = names.get(area[:digits], "")
        if name and address.startswith(name, end):
            end += len(name)
    return (address[:end], address[end:]) if end < len(address) else ("", address)


def department(code: str | None) -> str:
    """A department's name; a dash for none."""
    if not code:
        return "—"
    named = _departments.get().get(code)
    return named.said if named else code


def role(of: Role) -> str:
    """What a role is called."""
    return Bilingual(*LABELS[of]).said


def unit(post: Post) -> str:
    """Where a post works: its department, or its place."""
    where = short_place(post.area)
    return f"{where} · {department(post.department_id)}" if post.department_id else where


def state(graph: str, name: str) -> Bilingual:
    """What a state is called."""
    found = graph_named(graph).state(name)
    return Bilingual(found.zh, found.en)


def act(graph: str, source: str, action: str) -> Bilingual:
    """What an edge is called; its code where today's graph no longer draws it."""
    edge = graph_named(graph).edge(source, action)
    return Bilingual(edge.zh, edge.en) if edge else Bilingual(action, action)


def _read_places() -> Mapping[str, str]:
    names = {
        code: name.removesuffix("居民委员会")
        .removesuffix("村民委员会")
        .removesuffix("村委会")
        .removesuffix("居委会")
        for code, name in Division.objects.values_list("code", "name")
    }
    names.update(Market.objects.values_list("code", "name"))
    names.update(Grid.objects.filter(Q(valid_to__isnull=True)).values_list("code", "name"))
    return names


def _read_departments() -> Mapping[str, Bilingual]:
    return {
        code: Bilingual(zh, en) for code, zh, en in Department.objects.values_list("code", "name", "name_en")
    }


def _read_city() -> City | None:
    installed = InstalledPack.objects.first()
    if installed is None:
        return None
    root = Division.objects.filter(level=Division.Level.CITY).first()
    return City(
        code=root.code if root else "",
        zh=getattr(installed, "name_zh", "") or (root.name if root else ""),
        en=getattr(installed, "name_en", ""),
        invented=_is_demo(),
    )


def _is_demo() -> bool:
    return Person.objects.filter(username__startswith=DEMO_PREFIX).exists()


_places = _Kept(_read_places)
_departments = _Kept(_read_departments)
_city = _Kept(_read_city)
