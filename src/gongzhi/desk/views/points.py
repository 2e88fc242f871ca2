"""Addresses of the library whose coordinates lie elsewhere than they say: a person decides, by one click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.desk import words
from gongzhi.desk.missing import grid_names
from gongzhi.desk.views.places import KEEPERS
from gongzhi.desk.views.review import tabs
from gongzhi.places import doubts
from gongzhi.places.models import Doubt


@require_safe
def points(request: Any) -> HttpResponse:
    """What waits for a decision, oldest first; each answer takes one click."""
    _only_keepers(request)
    after = request.GET.get("after", "")
    if after and not after.isdecimal():
        raise Http404
    rows = doubts.waiting(request.acting, after=int(after or 0), size=doubts.PAGE + 1)
    shown = rows[: doubts.PAGE]
    names = grid_names([row.found for row in shown if row.found])
    more = len(rows) > doubts.PAGE
    context = {
        "items": [
            {
                "row": row,
                "why": _whys()[row.why],
                "options": _options(row, names),
                "action": reverse("point_settle", args=[row.pk]),
            }
            for row in shown
        ],
        "tabs": tabs("points"),
        "next_url": f"?{urlencode({'after': shown[-1].pk})}" if more else "",
        "first_url": "?" if after else "",
    }
    return render(request, "desk/review_points.html", context)


@require_POST
def settle(request: Any, doubt_id: int) -> HttpResponse:
    """Take the decision that was clicked."""
    _only_keepers(request)
    try:
        doubts.settle(
            doubt_id, request.POST.get("candidate", ""), acting=request.acting, moment=request.moment
        )
    except doubts.SettledAlreadyError as error:
        if not error.by:
            raise Http404 from None
        messages.warning(request, _("这一条刚由%(who)s定了，您的操作没有写入。") % {"who": error.by})
    except ValueError:
        messages.error(request, _("请从所列选项中选择"))
    else:
        messages.success(request, _("已决定，地址库随之更新。"))
    return HttpResponseRedirect(reverse("review_points"))


def _only_keepers(request: Any) -> None:
    if request.acting.role not in KEEPERS:
        raise PermissionDenied


def _whys() -> dict[str, str]:
    return {
        "outside": _("坐标不在任何网格内"),
        "other_town": _("坐标在其他镇街"),
        "other_village": _("坐标在其他村（社区）"),
    }


def _options(row: Doubt, names: dict[str, str]) -> list[dict[str, Any]]:
    made = [
        {"value": "stated", "label": words.place(row.area), "detail": _("以所写村（社区）为准，不采用坐标")}
    ]
    if row.found:
        made.append({"value": "point", "label": names.get(row.found, row.found), "detail": _("以坐标为准")})
    made.append({"value": "neither", "label": _("两者都不采用"), "detail": _("这条地址不入库")})
    return made
