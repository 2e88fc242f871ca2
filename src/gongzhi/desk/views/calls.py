"""An officer at a door: one short page for everything there."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.catalog.queries import Words, permit_names, reasons
from gongzhi.desk import items, rows, words
from gongzhi.flow import queries
from gongzhi.flow.errors import FlowError, MovedMeanwhileError, NoSuchCaseError
from gongzhi.flow.queries import Standing
from gongzhi.notices import queries as notices
from gongzhi.org.roles import Role
from gongzhi.registry import queries as registry
from gongzhi.visits import graph, rules
from gongzhi.visits import queries as visits
from gongzhi.visits.actions import Found, record_call


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: Any, case_id: int) -> HttpResponse:
    """What was found at each business behind a door. Every answer starts empty: nothing is presumed in order."""
    standing = _standing(request, case_id)
    if request.method == "POST" and visits.was_made(case_id, _client_key(request)):
        # An impatient second tap on what was recorded a moment ago: it is done, and nothing is done twice.
        return _recorded(request)
    if not _may(request, standing):
        messages.warning(request, _("这件走访现在不能填写结果，请看最新情况。"))
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    if request.method == "POST":
        return _record(request, standing)
    return _page(request, standing, {}, {})


def _standing(request: Any, case_id: int) -> Standing:
    try:
        return queries.case_for(request.acting, case_id, moment=request.moment)
    except NoSuchCaseError:
        raise Http404 from None


def _may(request: Any, standing: Standing) -> bool:
    return request.acting.role is Role.OFFICER and standing.state in {graph.TO_VISIT, graph.GUIDED}


def _client_key(request: Any) -> str:
    return request.POST.get("client_key", "")[:64]


def _recorded(request: Any) -> HttpResponse:
    messages.success(request, _("走访结果已提交，相关部门会收到。"))
    return HttpResponseRedirect(reverse("cases"))


def _record(request: Any, standing: Standing) -> HttpResponse:
    given = request.POST
    found: dict[int, Found] = {}
    errors: dict[str, str] = {}
    allowed = {reason.code: reason for reason in _results(standing, request)}
    waiting = visits.to_call_on(standing.id)
    ids = [row.business_id for row in waiting]
    noted = items.offered(ids, request.moment, items.left_open(ids, request.moment))
    for row in waiting:
        key = str(row.business_id)
        result = given.get(f"result-{key}", "")
        note = given.get(f"words-{key}", "").strip()[:500]
        if result not in allowed:
            errors[f"result-{key}"] = _("请选择结果")
        elif allowed[result].needs_words and not note:
            errors[f"words-{key}"] = _("选择此项须说明情况")
        answers, wrong = items.answered(given, row.business_id, noted[row.business_id], request.moment)
        errors |= wrong
        found[row.business_id] = Found(
            result=result,
            words=note,
            permit_seen=given.get(f"permit-{key}", "").strip()[:80],
            answers=answers,
        )
    if errors:
        return _page(request, standing, given, errors, status=422)
    try:
        # A part of its own: what is refused half-way, in a consequence, leaves nothing behind.
        with transaction.atomic():
            record_call(
                standing.id,
                found,
                acting=request.acting,
                moment=request.moment,
                state=standing.state,
                expected_seq=int(given.get("expected_seq") or standing.seq),
                client_key=_client_key(request) or None,
            )
    except MovedMeanwhileError as error:
        now = _standing(request, standing.id)
        if not _may(request, now) or now.state != standing.state:
            messages.error(request, _("这件走访刚由%(who)s办过，您的填写没有写入。") % {"who": error.by})
            return HttpResponseRedirect(reverse("case", args=[standing.id]))
        return _again(request, now)
    except (FlowError, rules.IncompleteError, ValueError):
        return _again(request, _standing(request, standing.id))
    return _recorded(request)


def _again(request: Any, standing: Standing) -> HttpResponse:
    """The list is another one than the officer had read: what was filled in is kept, and nothing written yet."""
    messages.error(request, _("名单刚有变化，请按最新名单再填一次。"))
    return _page(request, standing, request.POST, {}, status=409)


def _page(
    request: Any, standing: Standing, values: Any, errors: dict[str, str], status: int = 200
) -> HttpResponse:
    visit = visits.visit(standing.id)
    if visit is None:
        raise Http404
    waiting = visits.to_call_on(standing.id)
    ids = [row.business_id for row in waiting]
    asked = _permits_asked(ids, request)
    held = registry.permits_held(ids, request.moment.today)
    still_open = items.left_open(ids, request.moment)
    noted = items.offered(ids, request.moment, still_open)
    choices = [
        (reason.code, words.Bilingual(reason.zh, reason.en).said) for reason in _results(standing, request)
    ]
    doors = []
    for row in waiting:
        key = str(row.business_id)
        fields = [
            {
                "name": f"result-{key}",
                "zh": "看到的情况",
                "en": "What you saw",
                "kind": "radio",
                "choices": choices,
            }
        ]
        if asked.get(row.business_id) and not held.get(row.business_id):
            fields.append(
                {
                    "name": f"permit-{key}",
                    "zh": "已取得的许可证编号",
                    "en": "Number of the permit they hold",
                    "required": False,
                    "max_length": 80,
                    "hint_zh": "没有或未出示可不填。",
                    "hint_en": "Leave empty if there is none or it was not shown.",
                }
            )
        fields.append(
            {
                "name": f"words-{key}",
                "zh": "说明",
                "en": "In your words",
                "kind": "textarea",
                "required": False,
                "rows": 2,
            }
        )
        doors.append(
            {
                "row": row,
                "fields": fields,
                "items": items.fields(row.business_id, noted[row.business_id], request.moment),
                "data": items.data_lines(still_open[row.business_id], noted[row.business_id], request.moment),
                "permits": asked.get(row.business_id, ()),
                "held": held.get(row.business_id, ()),
                "before": row.result,
            }
        )
    context = {
        "case": standing,
        "visit": visit,
        "lamp": rows.lamp_of(standing),
        "second": standing.state == graph.GUIDED,
        "place": words.place(standing.area),
        "doors": doors,
        "all_fields": [field for door in doors for field in (*door["fields"], *door["items"])],
        "values": values,
        "errors": errors,
        "client_key": uuid.uuid4().hex,
        "returns": [
            act
            for act in queries.acts_for(request.acting, standing, moment=request.moment)
            if act.edge.action in {"return_address", "return_grid", "note"}
        ],
    }
    return render(request, "desk/call.html", context, status=status)


def _results(standing: Standing, request: Any) -> list[Words]:
    """What a call may find; whoever was guided had opened."""
    return [
        reason
        for reason in reasons("visit_result", request.moment.today)
        if standing.state == graph.TO_VISIT or reason.code != "not_opened"
    ]


def _permits_asked(business_ids: list[int], request: Any) -> dict[int, list[str]]:
    """The permits that departments were told these businesses need, in words, so that the officer can mention them."""
    by_business = notices.permits_of_businesses(business_ids)
    names = permit_names(request.moment.today)
    return {
        business: [words.Bilingual(names[code].zh, names[code].en).said for code in codes if code in names]
        for business, codes in by_business.items()
    }
