"""Reads of the city's reference data: kept in memory, read anew when another state of the pack was loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import Q, QuerySet

from gongzhi.catalog.models import (
    Dated,
    InstalledPack,
    Permit,
    Reason,
    Routing,
    Trade,
    VisitChoice,
    VisitItem,
)
from gongzhi.flow.graph import Choice
from gongzhi.packs.rows import Row

D = TypeVar("D", bound=Dated)
R = TypeVar("R", bound=Row)


_NO_PACK = (
    "尚未装入城市，请运行 gongzhi init --city 城市 / no city is installed; run: gongzhi init --city NAME"
)


class NoPackError(LookupError):
    """No city was installed; `gongzhi init --city NAME` does it."""


@dataclass(frozen=True, slots=True)
class Route:
    """Who deals with a permit here. All are department codes; the first of each is the leading one."""

    permit: str
    approving: tuple[str, ...]
    supervising: tuple[str, ...]
    notice: tuple[str, ...]
    enforcement: tuple[str, ...]
    enforcement_mode: str
    level: str
    basis: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Routes:
    """The routing of one day, for any number of look-ups without a query."""

    by_place: Mapping[tuple[str, str], Route]

    def route(self, permit_code: str, area: str) -> Route | None:
        """The route of a permit in an area (any length); the town's own row comes before the general one."""
        return self.by_place.get((permit_code, area[:9])) or self.by_place.get((permit_code, ""))


@dataclass(frozen=True, slots=True)
class Words:
    """A code with its name in both languages."""

    code: str
    zh: str
    en: str
    needs_words: bool = False


def installed() -> InstalledPack:
    """The city this installation serves. Raises NoPackError."""
    pack = InstalledPack.objects.first()
    if pack is None:
        raise NoPackError(_NO_PACK)
    return pack


_seen: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""The pack's state by outermost transaction: asked for once in each, so that a batch is answered from one state."""


def _version() -> str:
    outermost = connection.atomic_blocks[0] if connection.atomic_blocks else None
    digest = _seen.get(outermost) if outermost is not None else None
    if digest is None:
        digest = InstalledPack.objects.values_list("digest", flat=True).first()
        if digest is None:
            raise NoPackError(_NO_PACK)
        if outermost is not None:
            _seen[outermost] = digest
    return digest


def in_force(rows: QuerySet[D], on: date) -> QuerySet[D]:
    """The rows that hold on the day `on`."""
    return rows.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def routes(on: date) -> Routes:
    """The routing in force on a day."""
    return _routes(_version(), on)


@lru_cache(maxsize=64)
def _routes(_version: str, on: date) -> Routes:
    return Routes(
        MappingProxyType(
            {
                (row.permit, row.town_code9): Route(
                    permit=row.permit,
                    approving=tuple(row.approving),
                    supervising=tuple(row.supervising),
                    notice=tuple(row.notice),
                    enforcement=tuple(row.enforcement),
                    enforcement_mode=row.enforcement_mode,
                    level=row.level,
                    basis=row.basis,
                    verified=row.verified,
                )
                for row in in_force(Routing.objects.all(), on)
            }
        )
    )


def department_for(permit_code: str, area: str, on: date) -> str | None:
    """The department that is notified of a permit in an area; None where the city has no routing for it."""
    route = routes(on).route(permit_code, area)
    return route.notice[0] if route else None


def permits(on: date) -> Mapping[str, Permit]:
    """The permits and filings in force on a day, by code."""
    return _permits(_version(), on)


@lru_cache(maxsize=64)
def _permits(_version: str, on: date) -> Mapping[str, Permit]:
    return MappingProxyType({row.code: row for row in in_force(Permit.objects.order_by("code"), on)})


def permit_names(on: date) -> Mapping[str, Words]:
    """The names of the permits in force on a day, by code."""
    return MappingProxyType(
        {code: Words(code, row.name_zh, row.name_en) for code, row in permits(on).items()}
    )


def reasons(kind: str, on: date) -> tuple[Words, ...]:
    """The coded reasons of one list on a day, in the list's own order; empty for an unknown list."""
    return _reasons(_version(), on).get(kind, ())


def reason_choices(kind: str, on: date) -> tuple[Choice, ...]:
    """The same list as the answers that a form offers; the kernel's forms ask it here."""
    return tuple(
        Choice(code=reason.code, zh=reason.zh, en=reason.en, needs_words=reason.needs_words)
        for reason in reasons(kind, on)
    )


@lru_cache(maxsize=64)
def _reasons(_version: str, on: date) -> Mapping[str, tuple[Words, ...]]:
    lists: dict[str, list[Words]] = {}
    for row in in_force(Reason.objects.order_by("id"), on):
        lists.setdefault(row.kind, []).append(Words(row.code, row.name_zh, row.name_en, row.needs_words))
    return MappingProxyType({kind: tuple(found) for kind, found in lists.items()})


def visit_items(on: date) -> tuple[VisitItem, ...]:
    """The visit items in force on a day, in the order of their numbers."""
    return _visit_items(_version(), on)


@lru_cache(maxsize=64)
def _visit_items(_version: str, on: date) -> tuple[VisitItem, ...]:
    return tuple(in_force(VisitItem.objects.order_by("item_no"), on))


def visit_choices(item: str, on: date) -> tuple[VisitChoice, ...]:
    """The answers that an item offers on a day, in the order to show them."""
    return _visit_choices(_version(), on).get(item, ())


@lru_cache(maxsize=64)
def _visit_choices(_version: str, on: date) -> Mapping[str, tuple[VisitChoice, ...]]:
    lists: dict[str, list[VisitChoice]] = {}
    for row in in_force(VisitChoice.objects.order_by("item", "position"), on):
        lists.setdefault(row.item, []).append(row)
    return MappingProxyType({item: tuple(found) for item, found in lists.items()})


def trades(on: date) -> tuple[Trade, ...]:
    """The trades to pick from on the spot; the `frequent` ones come first."""
    return _trades(_version(), on)


@lru_cache(maxsize=64)
def _trades(_version: str, on: date) -> tuple[Trade, ...]:
    return tuple(in_force(Trade.objects.order_by("number"), on))


def version() -> str:
    """Names the state of the reference data that is loaded; changes with any file of the pack. Raises NoPackError."""
    return _version()


def rows(model: type[Dated], kind: type[R], **only: object) -> tuple[R, ...]:
    """The rows of every day of one table as the values that a pack's file gives, in the file's order."""
    names = [field.name for field in fields(cast("Any", kind)) if field.name != "line"]
    found = model.objects.filter(**only).order_by("id").values_list(*names)
    return tuple(kind(**dict(zip(names, (_value(cell) for cell in cells), strict=True))) for cells in found)


def _value(cell: object) -> object:
    return tuple(cell) if isinstance(cell, list) else cell
