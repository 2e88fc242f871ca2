"""Loads a pack's divisions, grids, departments and their sections into the tables of `org`."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

from django.db import connections, models

from gongzhi.org.models import Department, Division, FormerName, Grid, Section

if TYPE_CHECKING:
    from gongzhi.packs import Pack

_OFFICE_ENDINGS = ("社区居民委员会", "村民委员会", "居民委员会", "村委会", "居委会")


def load_divisions(pack: Pack, using: str) -> None:
    """Bring divisions, former names, grids, departments and sections to the pack's state.

    What the pack no longer names keeps its row, since registrations and cases refer to it by code.
    """
    _upsert(using, _divisions(pack), ("code",))
    _upsert(using, _former_names(pack), ("division", "name"))
    grids = _grids(pack)
    redrawn = _redrawn(using, grids)
    grids = [grid for grid in grids if grid.village_id not in redrawn]
    _upsert(using, grids, ("code", "valid_from"))
    # An invented drawing that the pack replaced was never real; real grids are the city's own and stay.
    kept = {(grid.code, grid.valid_from) for grid in grids}
    drawn = Grid.objects.using(using).filter(invented=True).exclude(village_id__in=redrawn)
    drawn = drawn.values_list("id", "code", "valid_from")
    Grid.objects.using(using).filter(
        id__in=[number for number, code, since in drawn if (code, since) not in kept]
    ).delete()
    _upsert(using, _departments(pack), ("code",))
    _upsert(using, _sections(pack), ("department", "area", "valid_from"))
    with connections[using].cursor() as cursor:
        cursor.execute("ANALYZE org_division, org_grid, org_section")


def _redrawn(using: str, grids: Sequence[Grid]) -> set[str]:
    """The villages whose grids were drawn anew here after the pack's own drawing: theirs is the city's business."""
    latest: dict[str, date] = {}
    for grid in grids:
        latest[grid.village_id] = max(latest.get(grid.village_id, grid.valid_from), grid.valid_from)
    stored = (
        Grid.objects.using(using).filter(village_id__in=list(latest)).values_list("village_id", "valid_from")
    )
    return {village for village, since in stored if since > latest[village]}


def _upsert(using: str, rows: Sequence[models.Model], key: tuple[str, ...]) -> None:
    if not rows:
        return
    model = type(rows[0])
    values = [f.name for f in model._meta.concrete_fields if f.name not in (*key, "id")]  # noqa: SLF001  Django's documented API
    model.objects.using(using).bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=key, update_fields=values
    )


def _divisions(pack: Pack) -> list[Division]:
    city = Division(
        code=pack.city_code4,
        name=pack.name_zh,
        short_name=pack.name_zh,
        level=Division.Level.CITY,
        valid_from=pack.valid_from,
    )
    counties = [
        Division(
            code=area.area_code6,
            name=area.name,
            short_name=area.name,
            level=Division.Level.COUNTY,
            parent_id=pack.city_code4,
            valid_from=area.valid_from,
            valid_to=area.valid_to,
        )
        for area in (pack.areas if pack.has_counties else ())
    ]
    towns = [
        Division(
            code=town.town_code9,
            name=town.name,
            short_name=town.name,
            level=Division.Level.TOWN,
            parent_id=town.area_code6 if pack.has_counties else pack.city_code4,
            valid_from=town.valid_from,
            valid_to=town.valid_to,
        )
        for town in pack.towns
    ]
    villages = [
        Division(
            code=village.code12,
            name=village.name,
            short_name=short_village(village.name),
            level=Division.Level.VILLAGE,
            parent_id=village.town_code9,
            valid_from=village.valid_from,
            valid_to=village.valid_to,
        )
        for village in pack.villages
    ]
    return [city, *counties, *towns, *villages]


def short_village(name: str) -> str:
    """A village as people say it: 岗贝社区居民委员会 → 岗贝社区, 某某村民委员会 → 某某村."""
    for ending in _OFFICE_ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            kept = {"社区居民委员会": "社区", "村民委员会": "村", "村委会": "村"}.get(ending, "")
            plain = name.removesuffix(ending)
            # 黎村村民委员会 is the office of 黎村, 温塘村民委员会 that of 温塘村.
            return plain if plain.endswith(kept) else plain + kept
    return name


def _former_names(pack: Pack) -> list[FormerName]:
    """Other names of counties, towns and villages, under which addresses still speak of them.

    The name of a mere part of a place names no division and is left out.
    """
    known = {area.area_code6 for area in pack.areas if pack.has_counties}
    known |= {town.town_code9 for town in pack.towns} | {village.code12 for village in pack.villages}
    found: dict[tuple[str, str], FormerName] = {}
    for old in pack.old_names:
        if old.kind != "part" and old.code in known:
            found[old.code, old.old_name] = FormerName(
                division_id=old.code, name=old.old_name, valid_to=old.valid_to, verified=old.verified
            )
    for former in pack.former_villages:
        if former.current_code12 in known:
            found[former.current_code12, former.name] = FormerName(
                division_id=former.current_code12,
                name=former.name,
                valid_to=former.valid_to,
                verified=former.verified,
            )
    return list(found.values())


def _grids(pack: Pack) -> list[Grid]:
    file = files("gongzhi.packs") / pack.code / "grids.csv.gz"
    if not file.is_file():
        return []
    with io.TextIOWrapper(gzip.GzipFile(fileobj=io.BytesIO(file.read_bytes())), encoding="utf-8") as text:
        return [
            Grid(
                code=row["grid_code"],
                village_id=row["village_code"],
                name=row["name"],
                polygon=row["polygon_wkt"],
                invented=row["invented"] == "yes",
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            )
            for row in csv.DictReader(text)
        ]


def _departments(pack: Pack) -> list[Department]:
    # A department whose description changed over time is one row here: cases keep its code, screens its last name.
    latest: dict[str, Department] = {}
    for row in sorted(pack.departments, key=lambda row: row.valid_from):
        latest[row.code] = Department(
            code=row.code,
            name=row.name_zh,
            name_en=row.name_en,
            short_name=row.short_zh,
            level=row.level,
        )
    return list(latest.values())


def _sections(pack: Pack) -> list[Section]:
    """Branches by place, and the whole city for a department that has none there.

    A town that another serves gets that town's branch under its own code, so that the longest area that a row's
    area starts with is always the right one.
    """
    made = [*_branches(pack), *_city_wide(pack)]
    unique: dict[tuple[str, str, date], Section] = {}
    for section in made:
        unique.setdefault((section.department_id, section.area, section.valid_from), section)
    return list(unique.values())


def _branches(pack: Pack) -> Iterable[Section]:
    serves: dict[str, list[str]] = {}
    for town in pack.towns:
        if town.served_by:
            serves.setdefault(town.served_by, []).append(town.town_code9)
    starts = sorted({rule.valid_from for rule in pack.section_rules})
    for start in starts:
        for branch in pack.sections(start):
            rule = next(
                rule
                for rule in pack.section_rules
                if rule.department == branch.department
                and rule.valid_from <= start
                and (rule.valid_to is None or start < rule.valid_to)
            )
            for area in (branch.place, *serves.get(branch.place, ())):
                yield Section(
                    department_id=branch.department,
                    area=area,
                    name=branch.name_zh,
                    name_en=branch.name_en,
                    valid_from=rule.valid_from,
                    valid_to=rule.valid_to,
                )


def _city_wide(pack: Pack) -> Iterable[Section]:
    for row in pack.departments:
        if row.role in {"line", "approval"}:
            yield Section(
                department_id=row.code,
                area=pack.city_code4,
                name=row.name_zh,
                name_en=row.name_en,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
