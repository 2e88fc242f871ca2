"""What was found out since: trade, licence, permits and answers are put down, and the clue is judged anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.catalog.queries import permits
from gongzhi.clues import judging, queries
from gongzhi.clues.actions import name_operator, revise
from gongzhi.clues.models import Clue
from gongzhi.clues.rules import Ask, Licence, Situation
from gongzhi.clues.rules.said import ask, names_of
from gongzhi.desk import clue_answers, clue_words, words
from gongzhi.flow import queries as flow
from gongzhi.flow.errors import FlowError, MovedMeanwhileError


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Any, clue_id: int) -> HttpResponse:
    """The form with what is known so far; sent, the class and whose it is follow from what it says."""
    clue = queries.clue(clue_id)
    if clue is None:
        raise Http404
    standing = flow.case_for(request.acting, clue_id, moment=request.moment)
    if "revise" not in {
        one.edge.action for one in flow.acts_for(request.acting, standing, moment=request.moment)
    }:
        messages.warning(request, _("这条线索现在不能补充情况。"))
        return HttpResponseRedirect(reverse("case", args=[clue_id]))
    before = queries.situation(clue)
    if request.method != "POST":
        return _page(request, clue, before, standing.seq, _known(before, request.moment.today), {})
    values = {name: request.POST.get(name, "").strip() for name in request.POST}
    if not values.get("words"):
        return _page(request, clue, before, standing.seq, values, {"words": _("请填写此项")}, status=422)
    try:
        with transaction.atomic():
            judged = revise(
                clue_id,
                _situation(before, values, request.moment.today),
                words=values["words"][:1000],
                acting=request.acting,
                moment=request.moment,
                expected_seq=int(values["expected_seq"])
                if values.get("expected_seq", "").isdigit()
                else None,
            )
            if values.get("person") or values.get("phone"):
                name_operator(clue_id, values.get("person", "")[:40], values.get("phone", "")[:20])
    except MovedMeanwhileError as error:
        said = _("这件事刚由%(who)s办过，您的填写没有写入，请核对后再交。") % {"who": error.by}
        now = flow.case_for(request.acting, clue_id, moment=request.moment)
        return _page(request, clue, before, now.seq, values, {"": said}, status=409)
    except FlowError:
        messages.error(request, _("此事项的状态已变化，不能再做这一步。请看最新情况。"))
        return HttpResponseRedirect(reverse("case", args=[clue_id]))
    messages.success(
        request, _("已重新判断：%(kind)s") % {"kind": clue_words.kind(judged.finding.kind.value)}
    )
    seen = queries.clue(clue_id) is not None
    return HttpResponseRedirect(reverse("case", args=[clue_id]) if seen else reverse("cases"))


def _situation(before: Situation, values: dict[str, str], on: Any) -> Situation:
    trade = clue_answers.picked_trade(values, on)
    found = replace(before, trades=(trade, *before.trades[1:])) if trade else before
    return clue_answers.with_answers(found, values)


def _known(situation: Situation, on: Any) -> dict[str, str]:
    """What was stated so far, as the form's own answers."""
    values = {}
    if situation.trades:
        trade, _other = clue_answers.trade_fields(on)
        frequent = {code for code, _label in trade["choices"]}
        code = situation.trades[0]
        values = {"trade": code} if code in frequent else {"trade": clue_answers.OTHER, "other_trade": code}
    if situation.licence in {Licence.HELD, Licence.CLAIMED, Licence.NONE}:
        values[f"{clue_answers.PREFIX}licence-"] = situation.licence.value
    for code, yes in situation.answers.items():
        kind, bare = (
            ("reading", code.removeprefix("calls_for:"))
            if code.startswith("calls_for:")
            else ("question", code)
        )
        values[f"{clue_answers.PREFIX}{kind}-{bare}"] = "yes" if yes else "no"
    for code, fact in situation.permits.items():
        if fact.standing.value in {"held", "none"}:
            values[f"{clue_answers.PREFIX}permit-{code}"] = "yes" if fact.standing.value == "held" else "no"
    if situation.individual is not None:
        values[f"{clue_answers.PREFIX}individual-"] = "yes" if situation.individual else "no"
    return values


def _page(
    request: Any,
    clue: Clue,
    situation: Situation,
    seq: int,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
) -> HttpResponse:
    on = request.moment.today
    finding = judging.judge(situation, on).finding
    names = permits(on)
    asked = clue_answers.asked_fields(finding.asks, on)
    stated = {field["name"] for field in asked}
    for code in dict.fromkeys((*finding.called, *situation.permits)):
        if code in names:
            row = names[code]
            field = clue_answers.ask_field(ask("permit", code, names_of(row)), on)
            if field["name"] not in stated:
                asked.append(field)
    if f"{clue_answers.PREFIX}licence-" not in stated:
        asked.append(clue_answers.ask_field(ask("licence"), on))
    day = judging.tables().day(on)
    for code in situation.answers:
        name = f"{clue_answers.PREFIX}question-{code}"
        if name not in stated and code in day.questions:
            row = day.questions[code]
            asked.append(clue_answers.ask_field(Ask("question", code, row.name_zh, row.name_en), on))
    may_know = bool(queries.person(clue, request.acting)) or clue.operator.person is None
    context = {
        "clue": clue,
        "title": clue.operator.sign or clue.operator.address,
        "place": words.place(clue.area),
        "trade_fields": clue_answers.trade_fields(on),
        "asked": asked,
        "rest": (_WORDS, _PERSON, _PHONE) if may_know and clue.operator.person is None else (_WORDS,),
        "values": values,
        "errors": errors,
        "seq": seq,
    }
    context["all_fields"] = [*context["trade_fields"], *asked, *context["rest"]]
    return render(request, "desk/clue_revise.html", context, status=status)


_WORDS = {
    "name": "words",
    "zh": "怎么查明的",
    "en": "How this was found out",
    "kind": "textarea",
    "rows": 2,
    "max_length": 1000,
}
_PERSON = {
    "name": "person",
    "zh": "经营者姓名（知道才填）",
    "en": "Who trades there (if known)",
    "required": False,
    "max_length": 40,
    "autocomplete": "off",
}
_PHONE = {
    "name": "phone",
    "zh": "经营者电话（知道才填）",
    "en": "Their telephone (if known)",
    "required": False,
    "max_length": 20,
    "autocomplete": "off",
}
