"""Objections that were right, in the rule workbench: what went to the wrong department, and what was made of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from gongzhi.clues import learning
from gongzhi.clues.learning import UpheldObjection
from gongzhi.desk import clue_words, words
from gongzhi.desk.spreadsheet import listed


@require_safe
def rule_objections(request: Any) -> HttpResponse:
    """Those nobody has looked at, what repeats among them, and the latest that were settled."""
    _only_keepers(request)
    acting, on = request.acting, request.moment.today
    before = request.GET.get("before", "")
    waiting = learning.upheld_objections(
        acting, before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    )
    context = {
        "waiting": [_shown(one, request) for one in waiting],
        "next_url": f"?before={waiting[-1].objection_id}" if len(waiting) == learning.PAGE else "",
        "settled": [
            _shown(one, request) for one in learning.upheld_objections(acting, settled=True, size=10)
        ],
        "repeated": [
            {
                "trade": clue_words.trade(one.trade, on),
                "kind": clue_words.kind(one.kind),
                "was": words.department(one.department),
                "to": words.department(one.decided_to) if one.decided_to else "—",
                "times": one.times,
            }
            for one in (() if before else learning.repeated(acting))
        ],
        "columns": _REPEATED,
        "fields": (_WORDS,),
    }
    return render(request, "desk/rule_objections.html", context)


@require_safe
def rule_objections_export(request: Any) -> HttpResponse:
    """All of them, those nobody has looked at first, as a workbook."""
    _only_keepers(request)
    on = request.moment.today
    lines = (_line(one, on) for one in learning.every_upheld_objection(request.acting))
    return listed(_("成立的异议"), _COLUMNS, lines, day=on)


@require_POST
def rule_objection(request: Any, objection_id: int) -> HttpResponse:
    """Put down what was made of one."""
    _only_keepers(request)
    said = request.POST.get("words", "").strip()[:1000]
    if not said:
        messages.error(request, _("请写明怎样处理。"))
    elif learning.settle_objection(objection_id, said, acting=request.acting, moment=request.moment):
        messages.success(request, _("已记录。"))
    else:
        messages.error(request, _("这件异议已有处理记录。"))
    return HttpResponseRedirect(reverse("rule_objections"))


def _shown(one: UpheldObjection, request: Any) -> dict[str, Any]:
    on = request.moment.today
    line = _line(one, on)
    return {
        "row": one,
        "url": reverse("case", args=[one.case_id]),
        "trade": line["trade"],
        "kind": clue_words.kind_tag(one.kind),
        "facts": [(_(fact["label"]), line[fact["key"]], fact["kind"]) for fact in _FACTS],
        "answer_url": reverse("rule_objection", args=[one.objection_id]),
    }


def _line(one: UpheldObjection, on: date) -> dict[str, Any]:
    return {
        "number": one.number,
        "trade": clue_words.trade(one.trade, on),
        "kind": clue_words.kind(one.kind),
        "permits": clue_words.permits(one.permits, on),
        "step": clue_words.step(one.step) if one.step else "",
        "was": words.department(one.department),
        "to": words.department(one.decided_to) if one.decided_to else "",
        "grounds": f"{clue_words.coded('clue_objection', one.reason, on)} {one.grounds}".strip(),
        "decided": " · ".join(filter(None, (one.decided_words, one.decided_by))),
        "decided_on": one.decided_on,
        "words": one.rule_words,
        "by": one.rule_by,
        "on": one.rule_on,
    }


def _only_keepers(request: Any) -> None:
    if request.acting.role not in learning.KEEPERS:
        raise PermissionDenied


_REPEATED = (
    {"key": "trade", "label": noop("行业"), "kind": "text"},
    {"key": "kind", "label": noop("类别"), "kind": "text"},
    {"key": "was", "label": noop("原派部门"), "kind": "text"},
    {"key": "to", "label": noop("改派部门"), "kind": "text"},
    {"key": "times", "label": noop("次数"), "kind": "number"},
)
_FACTS = (
    {"key": "permits", "label": noop("缺少的许可"), "kind": "text"},
    {"key": "step", "label": noop("职责规则"), "kind": "text"},
    *_REPEATED[2:4],
    {"key": "grounds", "label": noop("异议理由"), "kind": "text"},
    {"key": "decided", "label": noop("裁定说明"), "kind": "text"},
    {"key": "decided_on", "label": noop("裁定日期"), "kind": "day"},
)
_COLUMNS = (
    {"key": "number", "label": noop("线索编号"), "kind": "code"},
    *_REPEATED[:2],
    *_FACTS,
    {"key": "words", "label": noop("怎样处理"), "kind": "text"},
    {"key": "by", "label": noop("由谁处理"), "kind": "text"},
    {"key": "on", "label": noop("处理日期"), "kind": "day"},
)
"""The columns of its workbook; the page shows each as a card."""
_WORDS = {
    "name": "words",
    "zh": "怎样处理",
    "en": "What was made of it",
    "kind": "textarea",
    "rows": 2,
    "max_length": 1000,
    "hint_zh": "写明改哪条规则、从哪天起；不改的写明理由。",
    "hint_en": "Which rule changes and from which day; if none does, why.",
}
