"""What reaches a post beside its own work: serious clues, copies (抄告), and what a market has reported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from gongzhi.clues import markets, queries
from gongzhi.clues.actions import read_copy
from gongzhi.clues.models import Alert, Copy, MarketReport
from gongzhi.clues.numbers import number_of
from gongzhi.desk import clue_words, machine_words, rows, words
from gongzhi.desk.spreadsheet import listed, streamed
from gongzhi.flow import queries as flow
from gongzhi.org.roles import Role

CENTRES = frozenset({Role.COMMAND, Role.TOWN_OFFICE, Role.CITY_OFFICE})
"""Who watches over serious clues."""


@require_safe
def serious(request: Any) -> HttpResponse:
    """The board of serious clues: those nobody has signed for, then those still open."""
    if request.acting.role not in CENTRES:
        raise PermissionDenied
    return render(request, "desk/clue_serious.html", board(request))


def board(request: Any) -> dict[str, Any]:
    """Serious clues for the board, also on a command centre's first page."""
    moment, acting = request.moment, request.acting
    if acting.role is Role.COMMAND:
        unseen = queries.alerts(acting, unseen=True)
        known = [alert for alert in queries.alerts(acting, unseen=False) if alert.seen_at is not None]
    else:
        # A coordinating office signs for nothing; it sees what its own centre has and has not.
        found = Alert.objects.filter(area__startswith=acting.area, level=_level(acting.area))
        latest = list(found.select_related("clue__operator").order_by("-id")[: queries.PAGE])
        unseen = [alert for alert in latest if alert.seen_at is None]
        known = [alert for alert in latest if alert.seen_at is not None]
    standings = {
        one.id: one
        for one in flow.cases_for(acting, [alert.clue_id for alert in (*unseen, *known)], moment=moment)
    }
    return {
        "unseen": [_alert(alert, standings, moment) for alert in unseen if alert.clue_id in standings],
        "known": [
            _alert(alert, standings, moment)
            for alert in known
            if alert.clue_id in standings and standings[alert.clue_id].is_open
        ],
    }


def _level(area: str) -> str:
    return {4: "city", 9: "town"}.get(len(area), "village")


def _alert(alert: Alert, standings: dict[int, Any], moment: Any) -> dict[str, Any]:
    clue, standing = alert.clue, standings[alert.clue_id]
    return {
        "alert": alert,
        "url": reverse("case", args=[clue.pk]),
        "title": clue.operator.sign or clue.operator.address or _("无招牌"),
        "address": clue.operator.address,
        "place": words.place(clue.area),
        "number": number_of(clue.pk, clue.found_on.year),
        "trade": clue_words.trade(clue.trade, moment.today),
        "kind": clue_words.kind_tag(clue.kind),
        "hazards": [clue_words.hazard(code, moment.today) for code in clue.hazards],
        "state": (words.state(standing.graph, standing.state).said, rows.TONES[standing.lamp]),
        "lamp": rows.lamp_of(standing),
        "department": words.department(clue.department) if clue.department != "-" else "",
    }


@require_safe
def copies(request: Any) -> HttpResponse:
    """What this department was told by others; unread first."""
    if request.acting.role is not Role.DEPARTMENT:
        raise PermissionDenied
    unread, read = queries.every_copy(request.acting)
    # Each part by itself: what was read lately must not push out what waits.
    context = {
        "unread": [_copy(row) for row in unread[: queries.PAGE]],
        "read": [_copy(row) for row in read[: queries.PAGE]],
    }
    return render(request, "desk/clue_copies.html", context)


@require_safe
def copies_export(request: Any) -> HttpResponse:
    """All that this department was ever told, unread first, as a workbook."""
    if request.acting.role is not Role.DEPARTMENT:
        raise PermissionDenied
    found = streamed(*queries.every_copy(request.acting))
    return listed(_("抄告"), _COPIES, map(_copy_line, found), day=request.moment.today)


def _copy_line(row: Copy) -> dict[str, Any]:
    return {
        **_copy(row),
        "about": row.about,
        "words": machine_words.spoken(row.words),
        "sent_at": row.sent_at,
        "state": (_("未阅"), "warn") if row.read_at is None else (_("已阅"), "rest"),
    }


def _copy(row: Copy) -> dict[str, Any]:
    return {
        "row": row,
        "from": words.department(row.sent_by_department) if row.sent_by_department else row.sent_by,
        "place": words.place(row.area),
    }


@require_POST
def copy_read(request: Any, copy_id: int) -> HttpResponse:
    """The department has seen what it was told; what is not its own stays unread."""
    if request.acting.role is not Role.DEPARTMENT:
        raise PermissionDenied
    read_copy(copy_id, acting=request.acting, moment=request.moment)
    messages.success(request, _("已阅。"))
    return HttpResponseRedirect(reverse("clue_copies"))


@require_safe
def market(request: Any) -> HttpResponse:
    """What a co-governed market's manager reported, and whether it has ended; nothing of the file."""
    if request.acting.role is not Role.MARKET_MANAGER:
        raise PermissionDenied
    return render(
        request,
        "desk/clue_market.html",
        {
            "market": markets.market_of(request.acting),
            "columns": _MARKET,
            "rows": [_stall(row) for row in markets.reports_of_market(request.acting)[:_LATEST]],
        },
    )


@require_safe
def market_export(request: Any) -> HttpResponse:
    """All that this market's manager ever reported, as a workbook."""
    if request.acting.role is not Role.MARKET_MANAGER:
        raise PermissionDenied
    found = streamed(markets.reports_of_market(request.acting))
    return listed(_("上报的情况"), _MARKET, map(_stall, found), day=request.moment.today)


def _stall(row: MarketReport) -> dict[str, Any]:
    return {
        "stall": row.stall,
        "words": row.words,
        "reported_at": row.reported_at,
        "state": (_("已办结"), "good") if row.ended_on else (_("办理中"), "info"),
        "ended_on": row.ended_on,
    }


_LATEST = 50
_COPIES = (
    {"key": "from", "label": noop("由谁告知"), "kind": "text"},
    {"key": "about", "label": noop("对象"), "kind": "text"},
    {"key": "words", "label": noop("内容"), "kind": "text"},
    {"key": "place", "label": noop("属地"), "kind": "place"},
    {"key": "sent_at", "label": noop("告知时间"), "kind": "moment"},
    {"key": "state", "label": noop("状态"), "kind": "status"},
)
_MARKET = (
    {"key": "stall", "label": noop("摊位或铺位"), "kind": "text"},
    {"key": "words", "label": noop("描述"), "kind": "text"},
    {"key": "reported_at", "label": noop("上报时间"), "kind": "moment"},
    {"key": "state", "label": noop("状态"), "kind": "status"},
    {"key": "ended_on", "label": noop("办结"), "kind": "day"},
)
