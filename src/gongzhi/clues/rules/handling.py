"""What a result of handling and an objection have to bring, by the pack's lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongzhi.clues.rules.findings import Kind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from gongzhi.clues.rules.tables import Tables
    from gongzhi.packs.clue_rows import ObjectionEvidence, Treatment


def treatments_for(kind: Kind, tables: Tables, on: date) -> tuple[Treatment, ...]:
    """The results of handling that fit a class, in the list's order; every one while the class is not known."""
    rows = tables.day(on).treatments.values()
    return tuple(row for row in rows if kind is Kind.UNKNOWN or kind.value in row.fits)


def lacking_proof(result: str, given: Collection[str], tables: Tables, on: date) -> tuple[str, ...]:
    """The proof that a result asks for and that was not given. KeyError for a result that is not in the list."""
    return tuple(proof for proof in tables.day(on).treatments[result].proof if proof not in given)


def lacking_evidence(
    reason: str, given: Collection[str], tables: Tables, on: date
) -> tuple[ObjectionEvidence, ...]:
    """The evidence without which an objection of this reason cannot be made."""
    rows = tables.day(on).evidence.get(reason, ())
    return tuple(row for row in rows if row.required and row.code not in given)
