"""Clues that may be one, and operators that may be a business that has registered: the machine asks, a person says."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.clues import queries
from gongzhi.clues.actions import settle_joining, settle_likeness
from gongzhi.clues.models import Joining, Likeness
from gongzhi.desk import clue_words
from gongzhi.desk.middleware import own_transaction
from gongzhi.desk.views.clue_cases import likeness_row
from gongzhi.flow.errors import FlowError
from gongzhi.org.access import acting_as
from gongzhi.org.roles import Role

DECIDERS = frozenset({Role.VILLAGE, Role.TOWN_OFFICE, Role.CITY_OFFICE})
"""Who may say that two are one."""


@require_safe
def pairs(request: Any) -> HttpResponse:
    """Everything in the post's area that may be the same, likeliest first."""
    _only_deciders(request)
    found = queries.likenesses(request.acting)
    context = {
        "pairs": [
            {
                "newer": likeness_row(row, newer),
                "older": likeness_row(row, older),
                "url": reverse("clue_alike", args=[row.pk]),
            }
            for row in found
            for older, newer in [sorted((row.clue, row.other), key=lambda one: one.pk)]
        ],
        "joinings": [
            {
                "row": row,
                "reasons": clue_words.said(row.reasons),
                "probable": row.verdict == "probable",
                "url": reverse("clue_join", args=[row.pk]),
            }
            for row in queries.joinings(request.acting)
        ],
    }
    return render(request, "desk/clue_alike.html", context)


@own_transaction
@require_POST
def settle(request: Any, likeness_id: int) -> HttpResponse:
    """Say whether two clues are one; merging keeps the history of both."""
    _only_deciders(request)
    decision = _decision(request, {"merged", "different"})
    try:
        with acting_as(request.acting) as acting:
            settle_likeness(likeness_id, decision, acting=acting, moment=request.moment)
    except Likeness.DoesNotExist:
        raise Http404 from None
    except FlowError as error:
        messages.error(request, _refusal(error))
    else:
        messages.success(request, _("已合并。") if decision == "merged" else _("已记录：不是同一家。"))
    return _back(request)


@require_POST
def join(request: Any, joining_id: int) -> HttpResponse:
    """Say whether an operator without a code is the business that registered at the same door."""
    _only_deciders(request)
    decision = _decision(request, {"joined", "different"})
    try:
        with transaction.atomic():
            settle_joining(joining_id, decision, acting=request.acting, moment=request.moment)
    except Joining.DoesNotExist:
        raise Http404 from None
    except FlowError as error:
        messages.error(request, _refusal(error))
    else:
        messages.success(
            request, _("档案已并入该主体。") if decision == "joined" else _("已记录：不是同一家。")
        )
    return _back(request)


def _refusal(error: FlowError) -> str:
    reason = getattr(error, "reason", "")
    return _(reason) if reason else _("此事项的状态已变化，不能再做这一步。请看最新情况。")


def _only_deciders(request: Any) -> None:
    if request.acting.role not in DECIDERS:
        raise PermissionDenied


def _decision(request: Any, allowed: set[str]) -> str:
    decision: str = request.POST.get("decision", "")
    if decision not in allowed:
        raise BadRequest
    return decision


def _back(request: Any) -> HttpResponse:
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(reverse("clue_pairs"))
