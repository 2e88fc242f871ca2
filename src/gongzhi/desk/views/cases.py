"""Lists of cases, one case, and the acts that its graph allows this post."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.desk import choices, clue_words, people_words, rows, timelines, words
from gongzhi.desk.middleware import own_transaction
from gongzhi.desk.missing import options as missing_options
from gongzhi.desk.missing import reported
from gongzhi.desk.spreadsheet import MOST_ROWS, READ_AT_ONCE, spreadsheet
from gongzhi.desk.views import clue_cases
from gongzhi.flow import queries
from gongzhi.flow.actions import transition
from gongzhi.flow.errors import (
    FlowError,
    FormInvalidError,
    MovedMeanwhileError,
    NoSuchCaseError,
    NotAllowedError,
    NotPossibleError,
)
from gongzhi.flow.graph import all_graphs
from gongzhi.flow.queries import Filter, Standing
from gongzhi.notices import graph as notices_graph
from gongzhi.notices import queries as notices
from gongzhi.org.access import acting_as
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.rulebooks import graph as rulebooks_graph
from gongzhi.visits import graph as visits_graph
from gongzhi.visits import queries as visits
from gongzhi.visits import rules as visits_rules

_LAMPS = (("red", "已超期"), ("yellow", "临近期限"), ("green", "按期"), ("paused", "计时已暂停"))
_CALLS = {"finish", "guide", "pass_on"}
"""Edges that a visit's own page makes from what was found at each business."""


@require_safe
def cases(request: Any) -> HttpResponse:
    """Open cases, soonest due first; `?after=` goes on from a place in the list."""
    wanted = _wanted(request)
    after = request.GET.get("after", "")
    try:
        page = queries.waiting(request.acting, wanted, moment=request.moment, after=after)
    except ValueError:
        raise Http404 from None
    made = rows.rows(page.rows, moment=request.moment)
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    officer = request.acting.role is Role.OFFICER
    context = {
        "title": _("待办") if wanted.mine else _("全部在办"),
        "columns": rows.COLUMNS,
        "rows": made if not officer else (),
        "cards": rows.cards(made) if officer else (),
        "none": not made,
        "filters": _filters(),
        "values": {**kept, "mine": "1" if wanted.mine else "0"},
        "clear_url": reverse("cases"),
        "next_url": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
        "export_url": f"{reverse('cases_export')}?{urlencode(kept)}",
    }
    return render(request, "desk/cases.html", context)


@require_safe
def export(request: Any) -> HttpResponse:
    """The list as it is filtered, whole, as a workbook."""
    heads = [_("编号"), _("流程"), _("事项"), _("内容"), _("属地"), _("状态"), _("到期日"), _("是否超期")]
    lines = (
        [
            row.case.id,
            row.process,
            row.about,
            row.detail,
            row.place,
            row.state[0],
            row.case.due,
            _("是") if row.case.lamp == "red" else _("否"),
        ]
        for row in _all_rows(request)
    )
    return spreadsheet(_("待办清单"), heads, lines, day=request.moment.today)


def _all_rows(request: Any) -> Iterator[rows.Row]:
    wanted, after, left = _wanted(request), "", MOST_ROWS
    while left > 0:
        size = min(left, READ_AT_ONCE)
        page = queries.waiting(request.acting, wanted, moment=request.moment, after=after, size=size)
        yield from rows.rows(page.rows, moment=request.moment)
        if page.next is None:
            return
        after, left = page.next, left - size


@require_safe
def case(request: Any, case_id: int) -> HttpResponse:
    """One case with everything about it and what this post may do."""
    return _page(request, _load(request, case_id))


@own_transaction
@require_POST
def act(request: Any, case_id: int, action: str) -> HttpResponse:
    """Make an edge. What can't be made comes back with the reason, and with what the person had written."""
    given = {name: request.POST.get(name, "") for name in request.POST}
    try:
        expected = int(given.get("expected_seq", ""))
    except ValueError:
        expected = None
    acting = request.acting
    try:
        with acting_as(acting):
            outcome = transition(
                case_id,
                action,
                acting=acting,
                moment=request.moment,
                form=given,
                client_key=given.get("client_key", "")[:64] or None,
                expected_seq=expected,
                unknown=lambda form: choices.unknown(form, given, acting),
            )
    except FlowError as error:
        # What is refused, be it half-way in a consequence, has left nothing behind; the page reads anew.
        with acting_as(acting):
            return _refused(request, case_id, action, given, error)
    messages.success(
        request, _("已完成：%(act)s") % {"act": words.act(outcome.graph, outcome.source, action).said}
    )
    # A case that went to somebody this post doesn't see has no page to come back to.
    seen = request.acting.sees(outcome.area, outcome.department)
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(reverse("case", args=[case_id]) if seen else reverse("cases"))


@own_transaction
@require_POST
def place(request: Any, case_id: int) -> HttpResponse:
    """One click on a candidate: a grid's code places the door in the grid, a village's in the village."""
    area = request.POST.get("candidate", "")
    action = "place_in_grid" if len(area) >= visits_rules.GRID_DIGITS else "place_in_village"
    request.POST = request.POST.copy()
    request.POST["area"] = area
    return act(request, case_id, action)


@own_transaction
@require_POST
def add(request: Any, case_id: int) -> HttpResponse:
    """One click on a candidate of an address that the library lacks: it enters the library there."""
    area = request.POST.get("candidate", "")
    action = "add_in_grid" if len(area) >= visits_rules.GRID_DIGITS else "add_in_village"
    request.POST = request.POST.copy()
    request.POST["area"] = area
    return act(request, case_id, action)


def _refused(
    request: Any, case_id: int, action: str, given: dict[str, str], error: FlowError
) -> HttpResponse:
    """The case's page as it is now, saying why the act was not made."""
    standing = _load(request, case_id)
    match error:
        case FormInvalidError():
            spoken = {name: _(message) for name, message in error.errors.items()}
            return _page(request, standing, failed=action, values=given, errors=spoken, status=422)
        case MovedMeanwhileError():
            return _conflict(request, standing, error)
        case NotPossibleError():
            changed = _("此事项的状态已变化，不能再做这一步。请看最新情况。")
            return _page(request, standing, problem=_(error.reason) if error.reason else changed, status=409)
        case NotAllowedError():
            return _page(request, standing, problem=_("您现在的岗位不能做这一步。"), status=403)
    raise error


def _load(request: Any, case_id: int) -> Standing:
    try:
        return queries.case_for(request.acting, case_id, moment=request.moment)
    except NoSuchCaseError:
        raise Http404 from None


def _conflict(request: Any, standing: Standing, error: MovedMeanwhileError) -> HttpResponse:
    last = queries.journal_of([standing.id])[-1]
    problem = _("这件事刚由%(who)s办过（%(act)s），您的操作没有写入。下面是最新情况。") % {
        "who": error.by,
        "act": words.act(last.graph, last.source, last.action).said,
    }
    return _page(request, standing, problem=problem, status=409)


def _page(
    request: Any,
    standing: Standing,
    *,
    failed: str = "",
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    moment = request.moment
    if standing.graph == rulebooks_graph.NAME:
        # A version of the rules has a page of its own.
        if problem:
            messages.error(request, problem)
        return HttpResponseRedirect(reverse("rulebook", args=[standing.id]))
    acts = [
        {
            "edge": one.edge,
            "id": f"act-{one.edge.action}",
            "url": clue_cases.act_url(standing, one.edge.action),
            "fields": clue_cases.fields(
                choices.filled(one.form, request.acting, standing, moment.today), standing
            ),
            "values": values if one.edge.action == failed else {},
            "errors": errors if one.edge.action == failed else {},
            "opened": one.edge.action == failed,
            "hidden": {"expected_seq": standing.seq, "client_key": uuid.uuid4().hex},
        }
        for one in queries.acts_for(request.acting, standing, moment=moment)
        if not (standing.graph == visits_graph.NAME and one.edge.action in _CALLS)
        and one.edge.action not in notices_graph.CORRECTIONS
        and not (standing.graph in clue_words.GRAPHS and one.edge.action in clue_cases.OWN_PAGES)
    ]
    context = {
        "case": standing,
        "process": words.Bilingual(standing.process.zh, standing.process.en).said,
        "turn": _turn(request.acting, standing),
        "state": words.state(standing.graph, standing.state).said,
        "state_tone": rows.TONES[standing.lamp],
        "lamp": rows.lamp_of(standing),
        "acts": clue_cases.ordered(acts, standing),
        "problem": problem,
        "facts": _facts(standing),
        "client_key": uuid.uuid4().hex,
    }
    if standing.graph == notices_graph.NAME:
        context |= _about_notice(request, standing)
    elif standing.graph == visits_graph.NAME:
        context |= _about_visit(request, standing)
    elif standing.graph in clue_words.GRAPHS:
        context |= clue_cases.about(request, standing)
        return render(request, clue_cases.TEMPLATE, context, status=status)
    return render(request, "desk/case.html", context, status=status)


def _turn(acting: Acting, standing: Standing) -> str:
    """Whose turn it is, in a few words; empty once it is over."""
    if not standing.is_open or not standing.owner_role:
        return ""
    owner = Role(standing.owner_role)
    if owner is acting.role and acting.department in {None, standing.department}:
        return _("轮到您办理")
    if standing.department and owner is Role.DEPARTMENT:
        return _("现在由%(who)s办理") % {"who": words.department(standing.department)}
    return _("现在由%(who)s办理") % {"who": words.role(owner)}


def _facts(standing: Standing) -> list[tuple[Any, ...]]:
    owner = words.role(Role(standing.owner_role)) if standing.owner_role else "—"
    return [
        (_("编号"), standing.id, "code"),
        (_("属地"), words.place(standing.area)),
        (_("由谁办理"), owner),
        (_("部门"), words.department(standing.department)),
        (_("开始"), standing.opened_on, "day"),
        (_("办结"), standing.closed_on, "day"),
    ]


def _about_notice(request: Any, standing: Standing) -> dict[str, Any]:
    moment = request.moment
    notice = notices.notice(standing.id)
    if notice is None:
        raise Http404
    found = notices.permits([standing.id])
    reasons = timelines.why_permits(notice.business.scope, found, moment=moment)
    return {
        "title": notice.business.name,
        "business": notice.business,
        "reasons": timelines.with_rules(reasons.get(standing.id, ()), request.acting, standing.id),
        "timeline": timelines.entries(queries.journal_of([standing.id]), moment=moment),
    }


def _about_visit(request: Any, standing: Standing) -> dict[str, Any]:
    visit = visits.visit(standing.id)
    if visit is None:
        raise Http404
    listed = visits.listed(standing.id)
    names = {row.business_id: row.business.name for row in listed}
    may_call = request.acting.role is Role.OFFICER and standing.state in {
        visits_graph.TO_VISIT,
        visits_graph.GUIDED,
    }
    in_grid = standing.state in {visits_graph.TO_VISIT, visits_graph.GUIDED}
    may_place = standing.state in {visits_graph.TO_PLACE, visits_graph.ADDRESS_WRONG}
    found = visits.candidates([standing.id]).get(standing.id, ()) if may_place else ()
    options = choices.places_for(found, request.acting)
    missing = standing.state in visits_graph.MISSING and request.acting.role in visits_graph.PLACERS
    reports = visits.missing([standing.id]) if missing else {}
    if reports:
        options = missing_options(reports, acting=request.acting, moment=request.moment)[standing.id]
    return {
        "title": visit.address,
        "listed": [(row, timelines.result_words(row, request.moment)) for row in listed],
        "call_url": reverse("call", args=[standing.id]) if may_call else "",
        "who_does_it": people_words.who_does_it(standing.area, request.moment) if in_grid else "",
        "candidates": options,
        "candidates_url": reverse("add" if reports else "place", args=[standing.id]),
        "reported": [reported(report) for report in reports.values()],
        "timeline": timelines.entries(queries.journal_of([standing.id]), moment=request.moment, names=names),
    }


def _wanted(request: Any) -> Filter:
    get = request.GET.get
    return Filter(
        graph=get("graph", ""),
        state=get("state", ""),
        lamp=get("lamp", ""),
        area=get("area", "") if get("area", "").isdigit() else "",
        mine=get("mine", "1") not in {"", "0"},
    )


def _filters() -> tuple[dict[str, Any], ...]:
    states = [
        (state.name, f"{words.Bilingual(graph.zh, graph.en)} · {words.Bilingual(state.zh, state.en)}")
        for graph in all_graphs()
        for state in graph.states
        if not state.final
    ]
    graphs = [(graph.name, words.Bilingual(graph.zh, graph.en).said) for graph in all_graphs()]
    return (
        {"name": "graph", "zh": "流程", "en": "Process", "kind": "select", "choices": graphs},
        {"name": "state", "zh": "状态", "en": "State", "kind": "select", "choices": states},
        {
            "name": "lamp",
            "zh": "期限",
            "en": "Deadline",
            "kind": "select",
            "choices": [(c, _(w)) for c, w in _LAMPS],
        },
        {
            "name": "mine",
            "usual": "1",
            "zh": "范围",
            "en": "Whose",
            "kind": "select",
            "choices": [("1", _("等我办的")), ("0", _("我能看到的全部"))],
        },
    )
