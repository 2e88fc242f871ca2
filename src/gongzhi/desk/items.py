"""The single items of a visit (入格事项) as an officer may note them: short, optional, prefilled by nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.catalog.models import VisitItem
from gongzhi.catalog.queries import permit_names, permits, visit_choices, visit_items
from gongzhi.desk import words
from gongzhi.flow.moment import Moment
from gongzhi.notices import queries as notices
from gongzhi.registry import queries as registry
from gongzhi.registry.reminders import Open, open_for
from gongzhi.visits import rules, silence


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What data leave open about one business, and whether somebody wants to know if it is still active."""

    data: Open
    silent: bool

    @property
    def facts(self) -> set[str]:
        """The same as visit items name it."""
        open_facts = {
            "annual_report_due": self.data.report,
            "permit_expiring": self.data.permits,
            "silent": self.silent,
        }
        return {fact for fact, there in open_facts.items() if there}


def left_open(business_ids: Sequence[int], moment: Moment) -> dict[int, LeftOpen]:
    """What data leave open about each of these businesses today."""
    silent = silence.asked(business_ids)
    return {
        business: LeftOpen(data, business in silent)
        for business, data in open_for(business_ids, moment=moment).items()
    }


def data_lines(one: LeftOpen, offered: Sequence[VisitItem], moment: Moment) -> list[str]:
    """Why data call for an item, in plain words, for those that are offered."""
    asked = {item.applies_when for item in offered}
    lines = []
    if one.data.report and "annual_report_due" in asked:
        said = _("名单（截至 %(day)s）里没有 %(year)s 年度年报：请提醒，以公示系统为准。")
        lines.append(said % {"day": one.data.report.as_of, "year": one.data.report.year})
    names = {"lift": _("电梯"), "forklift": _("叉车"), "boiler": _("锅炉")}
    lines += [
        _("%(what)s %(number)s 的检验有效期到 %(day)s。")
        % {"what": names.get(each.code, each.code), "number": each.number, "day": each.valid_to}
        for each in one.data.equipment
        if "equipment" in asked
    ]
    permitted = permit_names(moment.today)
    lines += [
        _("%(what)s（%(number)s）的有效期到 %(day)s：请提醒延续。")
        % {
            "what": words.Bilingual(permitted[each.code].zh, permitted[each.code].en).said
            if each.code in permitted
            else each.code,
            "number": each.number,
            "day": each.valid_to,
        }
        for each in one.data.permits
        if "permit_expiring" in asked
    ]
    if one.silent and "silent" in asked:
        lines.append(_("连续几年没有年报，上次走访未能找到：请了解是否仍在经营。"))
    return lines


def offered(
    business_ids: Sequence[int], moment: Moment, still_open: Mapping[int, LeftOpen]
) -> dict[int, list[VisitItem]]:
    """The items that concern each business: by what departments were told of, what is on record, what data call for."""
    told = notices.permits_of_businesses(list(business_ids))
    held = registry.permits_held(list(business_ids), moment.today)
    stages = {code: row.stage for code, row in permits(moment.today).items()}
    return {
        business: rules.items_for(
            visit_items(moment.today),
            permits=[code for code in told.get(business, ()) if stages.get(code) != "filing"],
            filings=[code for code in told.get(business, ()) if stages.get(code) == "filing"],
            held=[permit.permit for permit in held.get(business, ())],
            open_facts=still_open[business].facts,
            equipment={each.code for each in still_open[business].data.equipment},
            today=moment.today,
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
