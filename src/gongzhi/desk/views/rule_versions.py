"""Versions of the permit rules: the list, its workbook, and the remarks that readers make on rules."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from gongzhi.desk import rule_words
from gongzhi.desk.spreadsheet import listed
from gongzhi.desk.views.rulebooks import IN_FORCE, keeps, readable, state, version_name
from gongzhi.flow.errors import NotAllowedError
from gongzhi.rulebooks import queries
from gongzhi.rulebooks.actions import answer_remark, remark
from gongzhi.rulebooks.models import Remark
from gongzhi.rulebooks.queries import Version
from gongzhi.rulebooks.tables import RULES, TABLES, rows_of, shipped_version

_COLUMNS = (
    {"key": "name", "label": noop("版本"), "kind": "link"},
    {"key": "state", "label": noop("状态"), "kind": "status"},
    {"key": "valid_from", "label": noop("生效日期"), "kind": "day"},
    {"key": "drafted", "label": noop("起草"), "kind": "text"},
    {"key": "approved", "label": noop("批准"), "kind": "text"},
)


@require_safe
def rulebooks(request: Any) -> HttpResponse:
    """The rules in force, every version, and a way to begin another."""
    readable(request)
    today = request.moment.today
    current = queries.in_force(today)
    context = {
        "current": current,
        "name": version_name(current) if current else _("随软件提供的规则"),
        "facts": [
            (_("规则版本"), current.version if current else shipped_version(), "code"),
            (_("自哪天起"), current.valid_from if current else None, "day"),
            *(
                (rule_words.table_name(name), len(rows_of(queries.texts_of(current)[name])), "number")
                for name in TABLES
            ),
        ],
        "columns": _COLUMNS,
        "rows": [_row(one) for one in queries.versions(moment=request.moment)],
        "keeps": keeps(request),
        "draft_fields": _DRAFT_FIELDS,
        "remarks": [_remark(one) for one in queries.remarks(request.acting)],
        "answer_fields": _ANSWER_FIELDS,
        "newer": bool(current and current.shipped != shipped_version()),
        "read_url": reverse("rule_rows", args=[IN_FORCE, "rules"]),
        "try_url": reverse("rule_try", args=[IN_FORCE]),
    }
    return render(request, "desk/rulebooks.html", context)


@require_safe
def rulebooks_export(request: Any) -> HttpResponse:
    """Every version of the city's, latest first, as a workbook."""
    readable(request)
    found = queries.versions(moment=request.moment)
    return listed(_("本市版本"), _COLUMNS, map(_row, found), day=request.moment.today)


@require_POST
def rule_remark(request: Any) -> HttpResponse:
    """Say what is wrong with a rule, where one may not edit it."""
    readable(request)
    post = request.POST
    rule, scope, said = (
        post.get("rule", "")[:60],
        post.get("scope", "")[:20_000],
        post.get("words", "").strip(),
    )
    notice = post.get("case", "")[:18]
    if not (rule and said):
        messages.error(request, _("请写明哪里不对。"))
    else:
        number = int(notice) if notice.isascii() and notice.isdigit() else None
        remark(rule, scope, said[:1000], notice=number, acting=request.acting, moment=request.moment)
        messages.success(request, _("已提交给规则管理人。"))
    return HttpResponseRedirect(reverse("rulebooks"))


@require_POST
def rule_answer(request: Any, remark_id: int) -> HttpResponse:
    """Answer a remark."""
    readable(request)
    said = request.POST.get("words", "").strip()[:1000]
    try:
        if said and answer_remark(remark_id, said, acting=request.acting, moment=request.moment):
            messages.success(request, _("已答复。"))
        else:
            messages.error(request, _("请写明怎样处理。") if not said else _("这条建议已有答复。"))
    except NotAllowedError:
        raise PermissionDenied from None
    return HttpResponseRedirect(reverse("rulebooks"))


def _remark(one: Remark) -> dict[str, Any]:
    case = {"case": str(one.notice)} if one.notice else {}
    return {
        "id": one.pk,
        "rule": one.rule,
        "url": f"{reverse('rule_row', args=[IN_FORCE, RULES])}?{urlencode({'key': one.rule, **case})}",
        "scope": one.scope,
        "words": one.words,
        "by": one.by,
        "at": one.at,
        "answer": one.answer,
        "answered_by": one.answered_by,
        "answered_at": one.answered_at,
        "answer_url": reverse("rule_answer", args=[one.pk]),
    }


def _row(one: Version) -> dict[str, Any]:
    return {
        "url": reverse("rulebook", args=[one.book.pk]),
        "name": version_name(one.book),
        "state": state(one),
        "valid_from": one.book.valid_from,
        "drafted": one.book.drafted_by.name,
        "approved": one.book.approved_by.name if one.book.approved_by else "",
    }


_DRAFT_FIELDS = (
    {
        "name": "title",
        "zh": "这一版叫什么",
        "en": "What it is called",
        "max_length": 120,
        "hint_zh": "说明改了什么，如“更正烟具的判定”。",
        "hint_en": "Say what it changes.",
    },
    {
        "name": "basis",
        "zh": "为什么改",
        "en": "Why",
        "kind": "textarea",
        "rows": 2,
        "required": False,
        "max_length": 2000,
    },
)
_ANSWER_FIELDS = (
    {
        "name": "words",
        "zh": "怎样处理",
        "en": "What is done about it",
        "kind": "textarea",
        "rows": 2,
        "max_length": 1000,
    },
)
