"""Stage plans: how much of the stock is to be ended by when, and how far it has come. Never a target on finding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.clues import ledger as room
from gongzhi.clues.actions import set_stage_plan
from gongzhi.clues.models import StagePlan
from gongzhi.desk import choices, clue_words, words
from gongzhi.desk.views.clue_ledger import VIEWERS, day_of, only
from gongzhi.org.models import Division
from gongzhi.org.roles import Role

PLANNERS = frozenset({Role.TOWN_OFFICE, Role.CITY_OFFICE})
"""Who sets stages of clearing."""


@require_http_methods(["GET", "HEAD", "POST"])
def plans(request: Any) -> HttpResponse:
    """Stages of clearing: how much of what was open on the base day is to be ended by when, and how far it has come."""
    only(request, VIEWERS - {Role.DEPARTMENT})
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        only(request, PLANNERS)
        values = {
            field["name"]: request.POST.get(field["name"], "").strip()[:200]
            for field in _plan_fields(request)
        }
        errors = _set(request, values)
        if not errors:
            messages.success(request, _("阶段计划已设定。"))
            return HttpResponseRedirect(reverse("clue_plans"))
    context = {
        "plans": [_progress(one, request) for one in room.plans(request.acting, moment=request.moment)],
        "fields": _plan_fields(request) if request.acting.role in PLANNERS else (),
        "values": values,
        "errors": errors,
    }
    return render(request, "desk/clue_plans.html", context, status=422 if errors else 200)


def _set(request: Any, values: dict[str, str]) -> dict[str, str]:
    errors = {}
    base, ends = day_of(values["base_on"]), day_of(values["ends_on"])
    if not values["title"]:
        errors["title"] = _("请填写此项")
    if base is None:
        errors["base_on"] = _("请填写日期，如 2026-09-21")
    if ends is None:
        errors["ends_on"] = _("请填写日期，如 2026-09-21")
    if not values["share"].isdigit() or not 1 <= int(values["share"]) <= 100:
        errors["share"] = _("请填 1 到 100 的整数")
    if base and ends and ends <= base:
        errors["ends_on"] = _("完成日期要晚于基准日期")
    area = values.get("area") or request.acting.area
    if not area.startswith(request.acting.area) or not area.isdigit():
        errors["area"] = _("请从所列选项中选择")
    if errors or base is None or ends is None:
        return errors
    set_stage_plan(
        area,
        values["title"],
        base_on=base,
        ends_on=ends,
        share=int(values["share"]) / 100,
        trade=values["trade"] if values["trade"] in clue_words.trade_names(base) else "",
        kind=values["kind"] if values["kind"] in dict(clue_words.kinds()) else "",
        acting=request.acting,
        moment=request.moment,
    )
    return {}


def _progress(one: Any, request: Any) -> dict[str, Any]:
    plan: StagePlan = one.plan
    narrowed = [
        *([clue_words.trade(plan.trade, request.moment.today)] if plan.trade else []),
        *([clue_words.kind(plan.kind)] if plan.kind else []),
    ]
    left = {
        "area": plan.area,
        "trade": plan.trade,
        "kind": plan.kind,
        "standing": "open",
        "stock": "stock",
        "base": plan.base_on.isoformat(),
    }
    return {
        "plan": plan,
        "place": words.place(plan.area),
        "narrowed": _("、").join(narrowed),
        "stock": one.stock,
        "target": one.target,
        "cleared": one.cleared,
        "percent": f"{plan.share:.0%}",
        "reached": one.reached,
        "left_days": one.left_days,
        "url": f"{reverse('clue_ledger')}?{urlencode({key: value for key, value in left.items() if value})}",
    }


def _plan_fields(request: Any) -> tuple[dict[str, Any], ...]:
    on, acting = request.moment.today, request.acting
    level = Division.Level.TOWN if len(acting.area) < 9 else Division.Level.VILLAGE
    areas = [acting.area, *choices.divisions_below(acting.area, level)]
    return (
        {
            "name": "title",
            "zh": "名称",
            "en": "Name",
            "max_length": 200,
            "hint_zh": "如：2026 年第四季度清存量",
            "hint_en": "Such as: clearing the stock, last quarter of 2026",
        },
        {
            "name": "area",
            "zh": "范围",
            "en": "Where",
            "kind": "select",
            "required": False,
            "choices": [(code, words.place(code)) for code in areas],
        },
        {
            "name": "base_on",
            "zh": "基准日期（当天未办结的算存量）",
            "en": "Base day (what is open on it is the stock)",
            "kind": "date",
        },
        {"name": "ends_on", "zh": "完成日期", "en": "To be done by", "kind": "date"},
        {
            "name": "share",
            "zh": "办结比例（%）",
            "en": "Share to be ended (%)",
            "kind": "number",
            "min": 1,
            "max": 100,
            "hint_zh": "按存量办结的比例填。",
            "hint_en": "The share of the stock that is to be ended.",
        },
        {
            "name": "trade",
            "zh": "只限行业",
            "en": "Only this trade",
            "kind": "select",
            "required": False,
            "choices": list(clue_words.trade_names(on).items()),
        },
        {
            "name": "kind",
            "zh": "只限类别",
            "en": "Only this class",
            "kind": "select",
            "required": False,
            "choices": clue_words.kinds(),
        },
    )
