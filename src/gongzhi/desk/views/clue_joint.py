"""Joint operations of a town against stubborn clues: their members, plan, clues and results."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from gongzhi.clues import queries
from gongzhi.clues.actions import take_into_operation
from gongzhi.clues.models import JointOperation
from gongzhi.clues.numbers import case_of
from gongzhi.desk import rows, words
from gongzhi.desk.middleware import own_transaction
from gongzhi.desk.spreadsheet import listed, streamed
from gongzhi.desk.views.cases import act
from gongzhi.flow import queries as flow
from gongzhi.flow.errors import FlowError
from gongzhi.org.models import Department
from gongzhi.org.roles import Role

VIEWERS = frozenset({Role.TOWN_OFFICE, Role.CITY_OFFICE, Role.DEPARTMENT, Role.COMMAND})


@require_safe
def operations(request: Any) -> HttpResponse:
    """Operations under way and done, latest first."""
    _only_viewers(request)
    context = {
        "columns": _COLUMNS,
        "open": [_row(one) for one in queries.operations(request.acting)],
        "done": [_row(one) for one in queries.operations(request.acting, done=True)],
    }
    return render(request, "desk/clue_operations.html", context)


@require_safe
def operations_export(request: Any) -> HttpResponse:
    """All operations, those under way first, as a workbook."""
    _only_viewers(request)
    found = streamed(*queries.every_operation(request.acting))
    return listed(_("联合整治"), _COLUMNS, map(_row, found), day=request.moment.today)


@require_safe
def operation(request: Any, operation_id: int) -> HttpResponse:
    """One operation with the clues it takes up, as far as the post sees them."""
    _only_viewers(request)
    found = JointOperation.objects.filter(pk=operation_id).first()
    if found is None:
        raise Http404
    ids = list(found.clues.values_list("clue_id", flat=True))
    cases = flow.cases_for(request.acting, ids, moment=request.moment)
    context = {
        "operation": found,
        "facts": [
            (_("属地"), words.place(found.area)),
            (_("参加部门"), members(found)),
            (_("行动日期"), found.planned_on, "day"),
            (_("制定"), found.made_by),
            (_("结束"), found.done_on, "day"),
        ],
        "cases": rows.rows(cases, moment=request.moment),
        "unseen": len(ids) - len(cases),
        "columns": rows.COLUMNS,
        "may_take": request.acting.role is Role.TOWN_OFFICE and found.done_on is None,
        "fields": (_NUMBER, _WORDS),
    }
    return render(request, "desk/clue_operation.html", context)


@require_POST
def take_in(request: Any, operation_id: int) -> HttpResponse:
    """Take a further clue into an operation that is under way."""
    if request.acting.role is not Role.TOWN_OFFICE:
        raise PermissionDenied
    back = HttpResponseRedirect(reverse("clue_operation", args=[operation_id]))
    case_id = case_of(request.POST.get("number", "")[:40])
    reasons = request.POST.get("words", "").strip()[:1000]
    if case_id is None or not reasons:
        messages.error(request, _("请填写线索编号和理由。"))
        return back
    try:
        with transaction.atomic():
            take_into_operation(
                operation_id, case_id, words=reasons, acting=request.acting, moment=request.moment
            )
    except JointOperation.DoesNotExist:
        raise Http404 from None
    except FlowError as error:
        reason = getattr(error, "reason", "")
        messages.error(request, _(reason) if reason else _("这条线索现在不能列入，请看它的最新情况。"))
    else:
        messages.success(request, _("已列入联合整治。"))
    return back


@own_transaction
@require_POST
def plan(request: Any, clue_id: int) -> HttpResponse:
    """Set the plan, with its members ticked from the list of departments."""
    request.POST = request.POST.copy()
    known = set(Department.objects.values_list("code", flat=True))
    picked = [code for code in dict.fromkeys(request.POST.getlist("members")) if code in known]
    request.POST["members"] = "、".join(picked)
    return act(request, clue_id, "plan")


def members(found: JointOperation) -> str:
    """Who takes part, by name."""
    return _("、").join(words.department(one) for one in found.members)


def _row(one: JointOperation) -> dict[str, Any]:
    return {
        "url": reverse("clue_operation", args=[one.pk]),
        "title": one.title,
        "place": words.place(one.area),
        "members": members(one),
        "planned_on": one.planned_on,
        "done_on": one.done_on,
    }


def _only_viewers(request: Any) -> None:
    if request.acting.role not in VIEWERS:
        raise PermissionDenied


_COLUMNS = (
    {"key": "title", "label": noop("方案"), "kind": "link"},
    {"key": "place", "label": noop("属地"), "kind": "place"},
    {"key": "members", "label": noop("参加部门"), "kind": "text"},
    {"key": "planned_on", "label": noop("行动日期"), "kind": "day"},
    {"key": "done_on", "label": noop("结束"), "kind": "day"},
)
_NUMBER = {"name": "number", "zh": "线索编号", "en": "Number of the clue", "max_length": 40}
_WORDS = {"name": "words", "zh": "理由", "en": "Reasons", "kind": "textarea", "rows": 2, "max_length": 1000}
