"""Loads a city pack into the tables of reference data, as their owner. Loading the same pack again changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, fields
from importlib.resources import files
from typing import TYPE_CHECKING

from django.db import connections, models, transaction

from gongzhi.catalog.divisions import load_divisions
from gongzhi.catalog.models import (
    InstalledPack,
    Permit,
    Reason,
    Routing,
    Trade,
    VisitChoice,
    VisitItem,
)
from gongzhi.catalog.unlicensed import (
    CityDepartment,
    ClueDecision,
    Count,
    DesignatedPlace,
    DutyRule,
    EnforcementAct,
    Exemption,
    GuideMaterial,
    Hazard,
    ObjectionEvidence,
    TradePermit,
    TradeQuestion,
    Treatment,
)
from gongzhi.flow.models import StoredLimit
from gongzhi.flow.moment import forget_limits
from gongzhi.packs.rows import Limit, Row

if TYPE_CHECKING:
    from gongzhi.packs import Pack

OWNER = "owner"
_LOADING = 2
"""Raised when loading itself changes, so that a pack already installed is loaded anew."""


class OtherCityError(Exception):
    """Another city is installed here; one installation serves one city."""


def pack_digest(city: str) -> str:
    """Names the state of a city's files: changes with any byte of the city's or the national folder."""
    digest = hashlib.sha256(f"{_LOADING}".encode())
    for folder in ("national", city):
        for file in sorted((files("gongzhi.packs") / folder).iterdir(), key=lambda file: file.name):
            if file.is_file():
                content = file.read_bytes()
                digest.update(f"{folder}/{file.name}/{len(content)}\n".encode())
                digest.update(content)
    return digest.hexdigest()


def load(pack: Pack, digest: str | None = None) -> bool:
    """Make the reference data that of this pack, in one transaction; False when it already was.

    Raises OtherCityError when another city is installed.
    """
    digest = digest or pack_digest(pack.code)
    with transaction.atomic(using=OWNER):
        with connections[OWNER].cursor() as cursor:
            cursor.execute("LOCK TABLE catalog_pack IN SHARE ROW EXCLUSIVE MODE")
        standing = InstalledPack.objects.using(OWNER).first()
        if standing and standing.code != pack.code:
            raise OtherCityError(
                f"本机装入的是{standing.name_zh}（{standing.code}），不是 {pack.code}；一套系统只服务一市，"
                "请换一个 GONGZHI_HOME 或数据库 / "
                f"{standing.name_en} ({standing.code}) is installed here, not {pack.code}; one installation "
                "serves one city: use another GONGZHI_HOME or database"
            )
        if standing and standing.digest == digest:
            return False
        load_divisions(pack, using=OWNER)
        for model, rows in (
            (Permit, pack.national.permits),
            (VisitItem, pack.national.visit_items),
            (VisitChoice, pack.national.visit_choices),
            (Reason, pack.national.reasons),
            (Trade, pack.national.trades),
            (Routing, pack.routing),
            (TradePermit, pack.national.trade_permits),
            (TradeQuestion, pack.national.trade_questions),
            (Exemption, pack.national.exemptions),
            (DesignatedPlace, pack.designated_places),
            (ClueDecision, pack.national.clue_decisions),
            (DutyRule, pack.national.duty_rules),
            (EnforcementAct, pack.national.enforcement_acts),
            (Hazard, pack.national.hazards),
            (Treatment, pack.national.treatments),
            (ObjectionEvidence, pack.national.objection_evidence),
            (GuideMaterial, pack.national.guide_materials),
            (Count, pack.national.counts),
            (CityDepartment, pack.departments),
        ):
            _replace(model, rows)
        _add(DutyRule, pack.own_duty_rules, own=True)
        _add(Exemption, pack.own_exemptions, own=True)
        _load_limits(pack)
        InstalledPack.objects.using(OWNER).update_or_create(
            id=1,
            defaults={
                "code": pack.code,
                "name_zh": pack.name_zh,
                "name_en": pack.name_en,
                "city_code4": pack.city_code4,
                "has_counties": pack.has_counties,
                "coordinates": pack.coordinates,
                "divisions_as_of": pack.divisions_as_of,
                "documents": [asdict(document) for document in pack.documents],
                "invented": [asdict(part) for part in pack.invented],
                "digest": digest,
            },
        )
    forget_limits()
    return True


def _replace(model: type[models.Model], rows: Sequence[Row]) -> None:
    # Nothing refers to these rows by number, and a pack carries its own history, so the table becomes the file.
    model.objects.using(OWNER).all().delete()
    _add(model, rows)


def _add(model: type[models.Model], rows: Sequence[Row], **also: object) -> None:
    names = [field.name for field in fields(rows[0]) if field.name != "line"] if rows else []
    model.objects.using(OWNER).bulk_create(
        model(**{name: _stored(getattr(row, name)) for name in names}, **also) for row in rows
    )


def _stored(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _load_limits(pack: Pack) -> None:
    """The city's own limits take the place of the national ones of the same name."""
    own = {limit.name for limit in pack.own_limits}
    chosen: list[Limit] = [
        *(limit for limit in pack.national.limits if limit.name not in own),
        *pack.own_limits,
    ]
    stored = StoredLimit.objects.using(OWNER)
    stored.exclude(name__in={limit.name for limit in chosen}).delete()
    stored.bulk_create(
        [
            StoredLimit(
                name=limit.name,
                amount=limit.amount,
                unit=limit.unit,
                basis=limit.basis,
                verified=limit.verified,
                valid_from=limit.valid_from,
                valid_to=limit.valid_to,
            )
            for limit in chosen
        ],
        update_conflicts=True,
        unique_fields=["name", "valid_from"],
        update_fields=["amount", "unit", "basis", "verified", "valid_to"],
    )
