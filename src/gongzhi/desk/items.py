"""The single items of a visit (入格事项) as an officer may note them: short, optional, prefilled by nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.catalog.models import VisitItem
from gongzhi.catalog.queries import permits, visit_choices, visit_items
from gongzhi.desk import words
from gongzhi.flow.moment import Moment
from gongzhi.notices import queries as notices
from gongzhi.registry import queries as registry
from gongzhi.visits import rules


def offered(business_ids: Sequence[int], moment: Moment) -> dict[int, list[VisitItem]]:
    """The items that concern each business, by what departments were told of and what is on record."""
    told = notices.permits_of_businesses(list(business_ids))
    held = registry.permits_held(list(business_ids), moment.today)
    stages = {code: row.stage for code, row in permits(moment.today).items()}
    return {
        business: rules.items_for(
            visit_items(moment.today),
            permits=[code for code in told.get(business, ()) if stages.get(code) != "filing"],
            filings=[code for code in told.get(business, ()) if stages.get(code) == "filing"],
            held=[permit.permit for permit in held.get(business, ())],
        )
        for business in business_ids
    }


def fields(business_id: int, items: Sequence[VisitItem], moment: Moment) -> list[dict[str, Any]]:
    """The items as fields of a form; none of them has to be filled in."""
    return [
        {
            "name": _name(business_id, item),
            "zh": item.name_zh,
            "en": item.name_en,
            "hint_zh": item.content_zh,
            "hint_en": item.content_en,
            "kind": "select",
            "required": False,
            "choices": [
                (choice.code, words.Bilingual(choice.name_zh, choice.name_en).said)
                for choice in visit_choices(item.code, moment.today)
            ],
        }
        for item in items
    ]


def answered(
    given: Mapping[str, str], business_id: int, items: Sequence[VisitItem], moment: Moment
) -> tuple[dict[str, str], dict[str, str]]:
    """What was noted of a business's items, by item code, and what is wrong with it, by field."""
    answers, errors = {}, {}
    for item in items:
        name = _name(business_id, item)
        code = given.get(name, "")
        if not code:
            continue
        if code in {choice.code for choice in visit_choices(item.code, moment.today)}:
            answers[item.code] = code
        else:
            errors[name] = _("请从所列选项中选择")
    return answers, errors


def said(answers: Mapping[str, str], moment: Moment) -> list[tuple[str, str]]:
    """Noted items in words: (item, answer), in the catalogue's order."""
    known = {item.code: item for item in visit_items(moment.today)}
    spoken = []
    for code, item in known.items():
        if code not in answers:
            continue
        choices = {
            c.code: words.Bilingual(c.name_zh, c.name_en).said for c in visit_choices(code, moment.today)
        }
        spoken.append(
            (words.Bilingual(item.name_zh, item.name_en).said, choices.get(answers[code], answers[code]))
        )
    return spoken


def _name(business_id: int, item: VisitItem) -> str:
    return f"item-{business_id}-{item.code}"
