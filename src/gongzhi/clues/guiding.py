"""Guidance to a licence (引导办照办证): what is missing, who grants it here, what to bring, in how many days.

Decree 684 art. 10 and 110号 三(六): who wants to go on and may is guided first. A sheet tells it in plain words; it is
no decision and no finding, and that it was handed over stands in the clue's journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Q

from gongzhi.catalog.models import Permit
from gongzhi.catalog.queries import in_force, permits, routes
from gongzhi.catalog.unlicensed import GuideMaterial
from gongzhi.clues import sentences
from gongzhi.clues.models import Clue
from gongzhi.clues.rules import Kind
from gongzhi.flow.actions import Outcome, transition
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.org.models import Department, Section

REGISTRAR = "market"
"""Whose counter registers businesses: the market regulator's (市场主体登记管理条例 art. 5)."""
WITHOUT_LICENCE = frozenset({Kind.NO_LICENCE, Kind.NEITHER})
What = Literal["licence", "permit", "filing"]


@dataclass(frozen=True, slots=True)
class Said:
    """Words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to be had: a licence, a permit or a filing.

    `first` says that it has to be there before the business licence; `days` are working days from complete papers.
    """

    what: What
    code: str
    name: Said
    counters: tuple[Said, ...]
    first: bool
    days: int | None
    basis: str
    verified: bool
    materials: tuple[Said, ...]


def guidance(clue: Clue, moment: Moment) -> tuple[Matter, ...]:
    """What the operator of a clue has to have, in the order in which to see to it; empty where nothing is missing."""
    on = moment.today
    known = permits(on)
    missing = [*clue.permits, *(clue.finding or {}).get("filings", ())]
    wanted = [known[code] for code in dict.fromkeys(missing) if code in known]
    materials = _materials(on)
    before = [_of_permit(one, clue, on, materials) for one in wanted if one.stage == "pre"]
    after = [_of_permit(one, clue, on, materials) for one in wanted if one.stage != "pre"]
    licence = [_licence(clue, moment, materials)] if Kind(clue.kind) in WITHOUT_LICENCE else []
    return (*before, *licence, *after)


def hand_over(clue: Clue, matters: Sequence[Matter], *, acting: Acting, moment: Moment) -> Outcome:
    """Put down in the clue's journal that the operator was told, and of what. Raises flow's errors."""
    return transition(
        clue.pk,
        "note",
        acting=acting,
        moment=moment,
        form={"words": sentences.GUIDED},
        facts={"guidance": [one.code for one in matters]},
    )


def _licence(clue: Clue, moment: Moment, materials: _Materials) -> Matter:
    bring = materials.get("licence", [])
    return Matter(
        what="licence",
        code="licence",
        name=Said("营业执照", "Business licence"),
        counters=_counters([REGISTRAR], clue.area, moment.today),
        first=False,
        days=moment.limit("clue.registration").amount,
        basis=_basis("", bring),
        verified=bool(bring) and all(one.verified for one in bring),
        materials=_said(bring),
    )


def _of_permit(permit: Permit, clue: Clue, on: date, materials: _Materials) -> Matter:
    what: What = "filing" if permit.stage == "filing" else "permit"
    route = routes(on).route(permit.code, clue.area)
    general, own = materials.get(what, []), materials.get(permit.code, [])
    return Matter(
        what=what,
        code=permit.code,
        name=Said(permit.name_zh, permit.name_en),
        counters=_counters(route.approving if route else (), clue.area, on),
        first=permit.stage == "pre",
        days=permit.limit_days if permit.limit_unit == "working_days" else None,
        basis=_basis(permit.basis, [*general, *own]),
        verified=permit.verified
        and permit.stage_verified
        and bool(route and route.verified)
        and all(one.verified for one in (*general, *own)),
        materials=_said([*general, *own]),
    )


_Materials = dict[str, list[GuideMaterial]]
"""What to bring, by kind of matter or by permit."""


def _materials(on: date) -> _Materials:
    found: _Materials = {}
    for row in in_force(GuideMaterial.objects.order_by("id"), on):
        found.setdefault(row.matter, []).append(row)
    return found


def _said(materials: Sequence[GuideMaterial]) -> tuple[Said, ...]:
    return tuple(Said(one.name_zh, one.name_en) for one in materials)


def _basis(own: str, materials: Sequence[GuideMaterial]) -> str:
    """The law of a matter and of what has to be brought to it, each named once."""
    return "；".join(dict.fromkeys(filter(None, (own, *(one.basis for one in materials)))))


def _counters(departments: Sequence[str], area: str, on: date) -> tuple[Said, ...]:
    """Where to go: each department's section for this place, or the department itself."""
    sections: dict[str, Section] = {}
    here = [area[:length] for length in (4, 6, 9, 12, 15) if length <= len(area)]
    dated = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    for one in Section.objects.filter(dated, department_id__in=departments, area__in=here).order_by("area"):
        sections[one.department_id] = one
    names = {one.pk: one for one in Department.objects.filter(pk__in=departments)}
    found = []
    for code in departments:
        if code not in names:
            continue
        department, section = names[code], sections.get(code)
        zh, en = department.name, department.name_en or department.name
        if section and section.name != zh:
            zh, en = f"{zh}（{section.name}）", f"{en} ({section.name_en or section.name})"
        found.append(Said(zh, en))
    return tuple(found)
