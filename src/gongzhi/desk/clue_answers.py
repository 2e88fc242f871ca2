"""What a person states of an operator, as fields of a form and as the rules take it; and what comes of it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.catalog.queries import trades
from gongzhi.clues import judging
from gongzhi.clues.rules import Ask, Licence, Matched, PermitFact, Situation, Standing
from gongzhi.desk import clue_words, timelines, words
from gongzhi.rulebooks.queries import book_on
from gongzhi.scopes import match_many

PREFIX = "ask-"
OTHER = "other"
"""Instead of one of the frequent trades: one of the long list, or what the words say."""
_YES_NO = {"yes": True, "no": False}
_LICENCES = {"held": Licence.HELD, "claimed": Licence.CLAIMED, "none": Licence.NONE}


def trade_fields(on: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """The frequent trades as cards, and all others as a list that a few characters narrow down."""
    rows = sorted(trades(on), key=lambda row: row.number)
    frequent = [(row.code, words.Bilingual(row.name_zh, row.name_en).said) for row in rows if row.frequent]
    others = [
        (
            row.code,
            f"{words.Bilingual(row.name_zh, row.name_en)} · {words.Bilingual(row.group_zh, row.group_en)}",
        )
        for row in rows
        if not row.frequent
    ]
    return (
        {
            "name": "trade",
            "zh": "做什么生意",
            "en": "What trade it is",
            "kind": "radio",
            "choices": [*frequent, (OTHER, _("其他，从全部行业找"))],
        },
        {
            "name": "other_trade",
            "zh": "其他行业",
            "en": "Other trades",
            "kind": "select",
            "required": False,
            "choices": others,
            "hint_zh": "上面选了“其他”才需要；都不像可以不选，用一句话描述即可。",
            "hint_en": "Only for “other”; where none fits leave it and say it in a few words.",
        },
    )


def hazard_field(on: date) -> dict[str, Any]:
    """The hazards in plain words, serious ones first as the list has them."""
    rows = judging.tables().day(on).hazards.values()
    return {
        "name": "hazards",
        "zh": "看到的危险情况（没有就不选）",
        "en": "Dangers seen (leave empty if none)",
        "kind": "multi",
        "required": False,
        "choices": [(row.code, words.Bilingual(row.name_zh, row.name_en).said) for row in rows],
    }


def ask_field(ask: Ask, on: date) -> dict[str, Any]:
    """One thing to find out, as a field; not knowing is an answer."""
    unknown = ("", _("不清楚"))
    choices: Sequence[tuple[str, str]] = (("yes", _("是")), ("no", _("否")), unknown)
    match ask.kind:
        case "licence":
            choices = (
                ("held", _("看到了")),
                ("claimed", _("说有，没看到")),
                ("none", _("没有")),
                unknown,
            )
        case "permit":
            choices = (("yes", _("有")), ("no", _("没有")), unknown)
        case "place":
            places = judging.tables().day(on).designated_places
            choices = (
                *((row.code, words.Bilingual(row.name_zh, row.name_en).said) for row in places),
                ("", _("都不是或不清楚")),
            )
    return {
        "name": f"{PREFIX}{ask.kind}-{ask.code}",
        "zh": ask.zh,
        "en": ask.en,
        "kind": "radio",
        "required": False,
        "choices": choices,
    }


def asked_fields(asks: Sequence[Ask], on: date) -> list[dict[str, Any]]:
    """What is worth asking, without the trade, which has its own field, and places where none was designated."""
    designated = bool(judging.tables().day(on).designated_places)
    return [ask_field(ask, on) for ask in asks if ask.kind != "trade" and (ask.kind != "place" or designated)]


def picked_trade(given: Mapping[str, str], on: date) -> str:
    """The code of the trade that was picked; empty where none was."""
    code = given.get("trade", "")
    if code == OTHER:
        code = given.get("other_trade", "")
    return code if any(row.code == code for row in trades(on)) else ""


def with_answers(situation: Situation, given: Mapping[str, str]) -> Situation:
    """The situation with everything that was answered; what nobody knows stays as it was."""
    answers, permits = dict(situation.answers), dict(situation.permits)
    for name, value in given.items():
        if not name.startswith(PREFIX):
            continue
        kind, _dash, code = name.removeprefix(PREFIX).partition("-")
        if kind == "licence" and value in _LICENCES:
            situation = replace(situation, licence=_LICENCES[value])
        elif kind == "place" and value:
            situation = replace(situation, where=replace(situation.where, designated=value[:60]))
        elif value in _YES_NO:
            yes = _YES_NO[value]
            if kind == "question":
                answers[code[:80]] = yes
            elif kind == "reading":
                answers[f"calls_for:{code[:60]}"] = yes
            elif kind == "permit":
                permits[code[:60]] = PermitFact(Standing.HELD if yes else Standing.NONE)
            elif kind == "individual":
                situation = replace(situation, individual=yes)
    return replace(situation, answers=answers, permits=permits)


def read_from(text: str, on: date) -> tuple[Matched, ...]:
    """What the words of a description call for; never sure, since nobody registered them."""
    if not text.strip():
        return ()
    (match,) = match_many([text], book_on(on))
    return tuple(Matched(hit.code, sure=False) for hit in match.permits)


def hazards_in(codes: Sequence[str], on: date) -> tuple[str, ...]:
    """The hazards that were ticked, as far as the list knows them."""
    known = judging.tables().day(on).hazards
    return tuple(code for code in codes if code in known)


def judged_words(judged: judging.Judged, on: date) -> dict[str, Any]:
    """What the machine thinks, for a page: class, whose, why, law."""
    finding, duty, grade = judged.finding, judged.duty, judged.grade
    return {
        "kind": clue_words.kind_tag(finding.kind.value),
        "possible": [clue_words.kind(one.value) for one in finding.possible]
        if len(finding.possible) > 1
        else [],
        "reasons": [words.Bilingual(one.zh, one.en).said for one in finding.reasons],
        "articles": [timelines.law(one) for one in dict.fromkeys((*finding.articles, *duty.articles))],
        "serious": grade.bypass,
        "hazards": [words.Bilingual(one.zh, one.en).said for one in grade.reasons],
        "sure": duty.certainty == "sure",
        "parties": [
            (
                words.department(party.department) if party.department else party.function,
                clue_words.part_played(party.role),
            )
            for party in duty.parties
        ],
        "mode": clue_words.mode(duty.mode),
        "duty_reasons": [words.Bilingual(one.zh, one.en).said for one in duty.reasons],
        "permits": clue_words.permits(finding.missing, on),
    }
