"""What has to hold between the rows of a pack before anyone may rely on it.

Each check returns its findings as `file:line: what is wrong; what to do`, so that one run shows everything.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gongzhi.packs.clue_checks import clue_pack_problems, clue_problems
from gongzhi.packs.rows import Dated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gongzhi.packs.content import National, Pack
    from gongzhi.packs.rows import Row

_TIERS = {"town", "county", "city", "province", "state"}


def row_problems(where: str, rows: Sequence[Row]) -> list[str]:
    """What can be said of one table by itself: keys, dates, and both languages."""
    problems = list(_one_row_a_day(where, rows, lambda row: [tuple(getattr(row, name) for name in row.KEY)]))
    for row in rows:
        problems += [f"{where}:{row.line}: {fault}" for fault in _language_faults(row)]
    return problems


def _one_row_a_day(where: str, rows: Iterable[Row], keys: Any) -> Iterator[str]:
    """Two rows of one key may follow each other but never hold on the same day."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            groups[key].append(row)
        if isinstance(row, Dated) and row.valid_to is not None and row.valid_to <= row.valid_from:
            yield f"{where}:{row.line}: valid_to {row.valid_to} is not after valid_from; correct the dates"
    for key, group in groups.items():
        if not isinstance(group[0], Dated):
            group.sort(key=lambda row: row.line)
            yield from (f"{where}:{row.line}: {key} is listed twice; keep one row" for row in group[1:])
            continue
        group.sort(key=lambda row: row.valid_from)
        for earlier, later in pairwise(group):
            if earlier.valid_to is None or earlier.valid_to > later.valid_from:
                yield (
                    f"{where}:{later.line}: {key} already holds from line {earlier.line}; "
                    f"end that row with valid_to {later.valid_from} or remove one"
                )


def _language_faults(row: Row) -> Iterator[str]:
    for f in dataclasses.fields(row):
        if not f.name.endswith("_en"):
            continue
        english = getattr(row, f.name)
        chinese = getattr(row, f.name.removesuffix("_en") + "_zh", "")
        if chinese and not english:
            yield f"{f.name} is blank beside its Chinese; write the English"
        if any("\u4e00" <= letter <= "\u9fff" for letter in english):
            yield f"{f.name} '{english}' holds Chinese; write the English"


def national_problems(national: National) -> list[str]:
    """The references between the national tables."""
    problems = [
        *_permit_problems(national),
        *_visit_problems(national),
        *clue_problems(national),
    ]
    permits = {permit.code for permit in national.permits}
    for trade in national.trades:
        problems += _unknown(
            f"national/trades.csv:{trade.line}", "permit", trade.permits, permits, "permits.csv"
        )
    return problems


def _unknown(where: str, what: str, used: Iterable[str], known: Iterable[str], file: str) -> Iterator[str]:
    known = set(known)
    for code in used:
        if code not in known:
            yield f"{where}: {what} '{code}' is unknown; correct it or add it to {file}"


def _permit_problems(national: National) -> Iterator[str]:
    functions = {function.code for function in national.functions}
    for permit in national.permits:
        where = f"national/permits.csv:{permit.line}"
        used = (*permit.departments, *permit.enforcement)
        yield from _unknown(where, "department", used, functions, "functions.csv")
        yield from _unknown(where, "tier", permit.tiers, _TIERS, "the tiers that checks.py knows")
        if (permit.trigger == "non_scope") != bool(permit.trigger_by):
            yield f"{where}: trigger_by is for every non_scope permit and no other; fill it in or clear it"
        stated = (permit.limit_days is not None, bool(permit.limit_unit), bool(permit.limit_kind))
        if len(set(stated)) != 1:
            yield f"{where}: limit_days, limit_unit and limit_kind go together; fill in all three or none"
        if permit.enforcement_mode == "single" and len(permit.enforcement) != 1:
            yield f"{where}: mode single names {len(permit.enforcement)} departments; choose another mode"
        if permit.enforcement_mode in {"either", "each", "split"} and len(permit.enforcement) < 2:
            yield f"{where}: mode {permit.enforcement_mode} needs two departments; name them or say single"


def _visit_problems(national: National) -> Iterator[str]:
    limits = {limit.name for limit in national.limits}
    permits = {permit.code for permit in national.permits}
    outcomes: dict[str, set[str]] = defaultdict(set)
    items = {item.code for item in national.visit_items}
    for choice in national.visit_choices:
        outcomes[choice.item].add(choice.leads_to)
        yield from _unknown(
            f"national/visit_choices.csv:{choice.line}", "item", [choice.item], items, "visit_items.csv"
        )
    for item in national.visit_items:
        where = f"national/visit_items.csv:{item.line}"
        used = (item.limit, item.return_limit, item.department_limit)
        yield from _unknown(where, "limit", used, limits, "limits.csv")
        if item.applies_when == "permit":
            yield from _unknown(where, "permit", item.applies_to, permits, "permits.csv")
        if (item.applies_when in {"permit", "equipment", "place"}) != bool(item.applies_to):
            yield f"{where}: applies_to is for permit, equipment and place only; fill it in or clear it"
        if item.season and not _is_season(item.season):
            yield f"{where}: season {item.season} is no part of a year; write it like 03-01/06-30"
        if "in_order" not in outcomes[item.code] or len(outcomes[item.code]) < 2:
            yield f"{where}: needs a choice that leads to in_order and another; add them to visit_choices.csv"
    required = [item for item in national.visit_items if item.photo == "required"]
    for item in required[1:]:
        yield (
            f"national/visit_items.csv:{item.line}: a visit may ask for one photo at most, and line "
            f"{required[0].line} already does; write optional"
        )


def _is_season(text: str) -> bool:
    begins, _, ends = text.partition("/")
    try:
        # A leap year has every day that a season may begin or end on.
        return all(date.fromisoformat(f"2000-{day}").strftime("%m-%d") == day for day in (begins, ends))
    except ValueError:
        return False


def pack_problems(pack: Pack) -> list[str]:
    """The references inside a city's tables, and from them to the national ones."""
    return [
        *_division_problems(pack),
        *_department_problems(pack),
        *_routing_problems(pack),
        *_unknown_limits(pack),
        *clue_pack_problems(pack),
    ]


def _areas(pack: Pack) -> dict[str, str]:
    """What towns lie in: the areas, or the city itself where it has none."""
    if not pack.has_counties:
        return {f"{pack.city_code4}00": pack.name_zh}
    return {area.area_code6: area.name for area in pack.areas}


def _division_problems(pack: Pack) -> Iterator[str]:
    if pack.has_counties != bool(pack.areas):
        yield f"{pack.code}/pack.toml:1: has_counties and areas.csv disagree; correct one of them"
    areas = _areas(pack)
    for area in pack.areas:
        where = f"{pack.code}/areas.csv:{area.line}"
        yield from _parents(where, area.area_code6, 6, {}, {})
        if not area.area_code6.startswith(pack.city_code4):
            yield f"{where}: '{area.area_code6}' is not in {pack.name_zh}; correct it"
    towns = {town.town_code9: town for town in pack.towns}
    villages = {village.code12 for village in pack.villages}
    for town in pack.towns:
        where = f"{pack.code}/towns.csv:{town.line}"
        yield from _parents(where, town.town_code9, 9, {town.area_code6: town.area}, areas)
        if town.served_by and (town.served_by not in towns or towns[town.served_by].served_by):
            yield f"{where}: served_by '{town.served_by}' is no town with branches of its own; correct it"
    town_names = {code: town.name for code, town in towns.items()}
    for village in pack.villages:
        where = f"{pack.code}/villages.csv:{village.line}"
        above = {village.town_code9: village.town, village.area_code6: village.area}
        yield from _parents(where, village.code12, 12, above, town_names | areas)
        if village.city != pack.name_zh:
            yield f"{where}: city '{village.city}' is not {pack.name_zh}; correct it"
    yield from _name_problems(pack, areas.keys() | towns.keys(), villages)


def _name_problems(pack: Pack, places: set[str], villages: set[str]) -> Iterator[str]:
    for former in pack.former_villages:
        if former.current_code12:
            where = f"{pack.code}/former_villages.csv:{former.line}"
            yield from _unknown(where, "village", [former.current_code12], villages, "villages.csv")
    for name in pack.old_names:
        where = f"{pack.code}/old_names.csv:{name.line}"
        yield from _unknown(where, "place", [name.code], places, "towns.csv")
    for centre in pack.centres:
        where = f"{pack.code}/centres.csv:{centre.line}"
        yield from _unknown(where, "place", [centre.code], places, "towns.csv")


def _parents(
    where: str, code: str, digits: int, above: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[str]:
    if len(code) != digits or not code.isdigit():
        yield f"{where}: '{code}' does not have {digits} digits; correct it"
    for parent, name in above.items():
        if known.get(parent) != name:
            yield f"{where}: {parent} {name} is not in the table above it; correct the code or the name"
        if not code.startswith(parent):
            yield f"{where}: '{code}' does not lie in {parent}; correct one of them"


def _department_problems(pack: Pack) -> Iterator[str]:
    where = f"{pack.code}/departments.csv"
    functions = {function.code for function in pack.national.functions}
    for department in pack.departments:
        yield from _unknown(
            f"{where}:{department.line}", "function", department.covers, functions, "national/functions.csv"
        )
    yield from _one_row_a_day(where, pack.departments, lambda row: row.covers)
    covered = {function for department in pack.departments for function in department.covers}
    for function in sorted(functions - covered):
        yield f"{where}:1: nobody covers '{function}'; add it to the department that does this work here"
    codes = {department.code for department in pack.departments}
    towns = {town.town_code9 for town in pack.towns}
    areas = {area.area_code6 for area in pack.areas}
    for rule in pack.section_rules:
        at = f"{pack.code}/sections.csv:{rule.line}"
        yield from _unknown(at, "department", [rule.department], codes, "departments.csv")
        if rule.places != ("all",):
            known, file = (towns, "towns.csv") if rule.tier == "town" else (areas, "areas.csv")
            yield from _unknown(at, "place", rule.places, known, file)
        if rule.tier == "area" and not pack.has_counties:
            yield f"{at}: this city has no counties; write town"


def _routing_problems(pack: Pack) -> Iterator[str]:
    departments = {department.code for department in pack.departments}
    permits = {permit.code for permit in pack.national.permits}
    towns = {town.town_code9 for town in pack.towns}
    general: Counter[str] = Counter()
    for row in pack.routing:
        where = f"{pack.code}/routing.csv:{row.line}"
        used = {*row.written, *row.approving, *row.supervising, *row.notice, *row.enforcement}
        yield from _unknown(where, "permit", [row.permit], permits, "national/permits.csv")
        yield from _unknown(where, "department", sorted(used), departments, "departments.csv")
        if row.town_code9:
            yield from _unknown(where, "town", [row.town_code9], towns, "towns.csv")
        else:
            general[row.permit] += 1
        if row.level == "area" and not pack.has_counties:
            yield f"{where}: this city has no counties; write town or city"
    for permit in sorted(permits - general.keys()):
        yield f"{pack.code}/routing.csv:1: no general row for {permit}; add one without a town_code9"


def _unknown_limits(pack: Pack) -> Iterator[str]:
    known = {limit.name for limit in pack.national.limits}
    for limit in pack.own_limits:
        where = f"{pack.code}/limits.csv:{limit.line}"
        yield from _unknown(where, "limit", [limit.name], known, "national/limits.csv")
