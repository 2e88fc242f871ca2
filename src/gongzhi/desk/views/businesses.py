"""One business, one file: search, the list, and the whole story of one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from gongzhi.clues import queries as clues
from gongzhi.codes import uscc
from gongzhi.desk import rows, timelines, words
from gongzhi.desk.spreadsheet import READ_AT_ONCE, listed, pages_of
from gongzhi.flow import queries
from gongzhi.notices import queries as notices
from gongzhi.registry import queries as registry
from gongzhi.registry.intake import pointing, renumbering
from gongzhi.registry.lapsing import scope_change_due
from gongzhi.registry.models import Business
from gongzhi.visits import queries as visits

_COLUMNS = (
    {"key": "name", "label": "名称", "kind": "link"},
    {"key": "uscc", "label": gettext_noop("信用代码"), "kind": "code"},
    {"key": "address", "label": gettext_noop("地址"), "kind": "text"},
    {"key": "place", "label": "属地", "kind": "place"},
    {"key": "established", "label": "成立日期", "kind": "day"},
    {"key": "status", "label": "状态", "kind": "status"},
)


@require_safe
def businesses(request: Any) -> HttpResponse:
    """Businesses in the post's area, by name, code or address."""
    wanted = request.GET.get("q", "").strip()[:100]
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdigit()):
        raise Http404
    page = registry.search(request.acting, wanted, after=after)
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    context = {
        "columns": _COLUMNS,
        "rows": [_row(found) for found in page.rows],
        "export_url": f"{reverse('businesses_export')}?{urlencode({'q': wanted} if wanted else {})}",
        "filters": (
            {
                "name": "q",
                "zh": "名称、代码或地址",
                "en": "Name, code or address",
                "kind": "search",
                "required": False,
            },
        ),
        "values": {"q": wanted},
        "clear_url": reverse("businesses"),
        "next_url": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
    }
    return render(request, "desk/businesses.html", context)


@require_safe
def businesses_export(request: Any) -> HttpResponse:
    """The list as it was searched, whole, as a workbook."""
    wanted = request.GET.get("q", "").strip()[:100]
    found = pages_of(lambda after: registry.search(request.acting, wanted, after=after, size=READ_AT_ONCE))
    return listed(_("市场主体"), _COLUMNS, map(_row, found), day=request.moment.today)


def _row(found: Any) -> dict[str, Any]:
    return {
        "url": reverse("business", args=[found.pk]),
        "name": found.name,
        "uscc": found.uscc,
        "address": found.address,
        "place": words.place(found.area),
        "established": found.established_on,
        "status": (_status(found.status), "good" if found.status == "active" else "rest"),
    }


@require_safe
def business(request: Any, business_id: int) -> HttpResponse:
    """Everything this post may know about a business, with why at each step."""
    found = registry.business(business_id)
    if found is None:
        raise Http404
    moment = request.moment
    notice_ids, visit_ids = notices.of_business(business_id), visits.of_business(business_id)
    clue_ids = clues.of_business(business_id)
    cases = queries.cases_for(request.acting, [*notice_ids, *visit_ids, *clue_ids], moment=moment)
    reasons = timelines.why_permits(found.scope, notices.permits(notice_ids), moment=moment)
    context = {
        "business": found,
        "facts": [
            *_codes(found),
            (_("类型"), found.kind or "—"),
            (_("成立日期"), found.established_on, "day"),
            (_("状态"), (_status(found.status), "good" if found.status == "active" else "rest"), "status"),
            (_("住所（经营场所）"), found.address),
            (_("属地"), words.place(found.area)),
            (_("定位依据"), timelines.method_words(found.method)),
            (_("数据截至"), found.as_of, "day"),
        ],
        "reasons": [reason for some in reasons.values() for reason in some],
        "cases": rows.rows(cases, moment=moment),
        "columns": rows.FILE_COLUMNS,
        "versions": registry.versions(business_id),
        "remarks": _remarks(found),
        "held": registry.permits_held([business_id], moment.today).get(business_id, ()),
        "lapsed": [
            (permit, scope_change_due(permit.valid_to, moment))
            for permit in registry.permits_lapsed(business_id, moment.today)
            if permit.valid_to
        ],
        "timeline": timelines.entries(
            queries.journal_of([case.id for case in cases]),
            moment=moment,
            why=reasons,
            names={business_id: found.name},
        ),
    }
    return render(request, "desk/business.html", context)


def _codes(found: Business) -> list[tuple[str, str, str]]:
    """Both numbers where it has both; who has no unified code yet is on file by the old one."""
    unified = "" if found.uscc == found.old_number else found.uscc
    pairs = [(_("统一社会信用代码"), unified or _("尚无，按注册号建档"), "code")]
    return [*pairs, (_("15 位注册号"), found.old_number, "code")] if found.old_number else pairs


def _remarks(found: Business) -> list[str]:
    """What was noticed in the registration and did not stand in its way."""
    number = found.extra.get(renumbering.HEADING, "")
    spoken = {
        renumbering.UNFIT: _("登记所填注册号 %(number)s 不是有效的 15 位注册号，未用作检索号。"),
        renumbering.TAKEN: _("登记所填注册号 %(number)s 已属于另一份档案，请核对是否同一主体。"),
        pointing.UNSTATED: _("登记带有坐标，但没有写明坐标系，未采用。"),
        pointing.UNFIT: _("登记所带坐标不是所写坐标系里的点，未采用。"),
    }
    spoken |= {
        finding.name.lower(): words.Bilingual(finding.chinese, finding.english).said
        for finding in uscc.Finding
        if finding and not finding.hard
    }
    return [spoken[code].replace("%(number)s", number) for code in found.remarks if code in spoken]


def _status(code: str) -> str:
    spoken = {
        "active": _("在业"),
        "suspended": _("歇业"),
        "cancelled": _("注销"),
        "revoked": _("吊销"),
        "moved_out": _("迁出"),
    }
    return spoken.get(code, code)
