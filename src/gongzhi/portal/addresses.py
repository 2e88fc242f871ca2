"""The standard address, for whoever is about to register: asked without an account, answered without a trace of it.

The page reads nothing in a post's name. It asks `places.applicants`, which gives out names of divisions and nothing of
the library, of officers, or of who does business there.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.flow.moment import Moment
from gongzhi.places.applicants import Missing, Possible, Told, tell
from gongzhi.portal.actions import note_use, too_often
from gongzhi.worktime import Unit

LONGEST = 200
"""Letters of an address; the library's own have at most 300, and nobody's door needs them."""


@never_cache
@require_safe
def look_up(request: Any) -> HttpResponse:
    """A form, and below it what the address is called, or what to do about it."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    context: dict[str, Any] = {
        "fields": (_ADDRESS,),
        "values": {"q": text},
        "errors": {},
        "home_url": reverse("public_address"),
    }
    if not text:
        return render(request, "portal/address.html", context)
    now, address = request.moment.at, request.META.get("REMOTE_ADDR", "")
    if too_often("address", address, now=now):
        context["errors"] = {"": _("查询过于频繁，请 15 分钟后再试。")}
        return render(request, "portal/address.html", context, status=429)
    note_use("address", address, now=now)
    told = tell(text, today=request.moment.today)
    context |= {
        "told": told,
        "facts": _facts(told),
        "missing": [_MISSING[one]() for one in told.missing],
        "possible": [_line(one) for one in told.possible],
        "added_in": _added_in(request.moment),
    }
    return render(request, "portal/address.html", context)


look_up.is_public = True


def _facts(told: Told) -> list[tuple[str, str]]:
    if told.here is None:
        return []
    return [
        (_("标准写法"), told.here.spelling),
        (_("镇街（园区）"), told.here.town),
        (_("村（社区）"), told.here.village),
    ]


def _line(one: Possible) -> dict[str, str]:
    return {
        "spelling": one.spelling,
        "url": f"{reverse('public_address')}?{urlencode({'q': one.spelling})}",
    }


def _added_in(moment: Moment) -> str:
    """How long adding an address may take, as the limits in force say."""
    limit = moment.limit("visit.address_add")
    said = {
        Unit.WORKING_DAYS: ngettext("%(n)s 个工作日", "%(n)s 个工作日", limit.amount),
        Unit.CALENDAR_DAYS: ngettext("%(n)s 天", "%(n)s 天", limit.amount),
        Unit.HOURS: ngettext("%(n)s 小时", "%(n)s 小时", limit.amount),
    }
    return said[limit.unit] % {"n": limit.amount}


_MISSING = {
    Missing.TOWN: lambda: _("缺镇街（园区）：请写明在哪个镇、街道或园区。"),
    Missing.VILLAGE: lambda: _("缺村（社区）：请写明在哪个村或社区。"),
    Missing.DOOR: lambda: _("缺门牌号：请写到道路和门牌号，或有名称的楼栋。“附近”“对面”不能作为地址。"),
}
_ADDRESS = {
    "name": "q",
    "zh": "地址",
    "en": "Address",
    "kind": "search",
    "max_length": LONGEST,
    "autocomplete": "off",
    "hint_zh": "镇街、村（社区）、道路、门牌号，如“莞城街道北隅社区某某路 18 号 3 楼”。不要写店名、姓名和电话。",
    "hint_en": "Town, village, road and number, and the floor if you like. Leave out names and telephones.",
}
