"""Clues, letters for assistance and return visits as lists show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gongzhi.clues import queries
from gongzhi.desk import clue_words, words
from gongzhi.flow.moment import Moment


@dataclass(frozen=True, slots=True)
class Told:
    """What a list says of one case: what it is about, and what there is to it."""

    about: str
    detail: str
    serious: bool = False


def told(case_ids: Sequence[int], moment: Moment) -> dict[int, Told]:
    """What lists say of these cases, as far as they belong to clues; three queries however many there are."""
    if not case_ids:
        return {}
    names = clue_words.trade_names(moment.today)
    made: dict[int, Told] = {}
    for case_id, row in queries.rows(case_ids).items():
        parts = [names.get(row.trade, "") or _("行业未定"), clue_words.kind(row.kind)]
        about = row.sign or row.address or _("无招牌")
        made[case_id] = Told(
            _("【重大】%(about)s") % {"about": about} if row.serious else about,
            " · ".join([*parts, *([row.address] if row.sign and row.address else [])]),
            row.serious,
        )
    left = [case_id for case_id in case_ids if case_id not in made]
    for case_id, letter in (queries.letters(left) if left else {}).items():
        made[case_id] = Told(
            _("%(who)s请求协助") % {"who": words.department(letter.asked_by)}, letter.question[:60]
        )
    for case_id, visit in (queries.to_revisit(left) if left else {}).items():
        made[case_id] = Told(visit.sign or visit.address or _("无招牌"), clue_words.revisit(visit.reason))
    return made
