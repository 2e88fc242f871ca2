"""台账: the list of clues with its sums, the office's workbook, and the stage plans of clearing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.catalog.queries import reasons
from gongzhi.clues import ledger as room
from gongzhi.clues import states
from gongzhi.clues.actions import set_stage_plan
from gongzhi.clues.ledger import LedgerFilter, LedgerRow, Sum
from gongzhi.clues.models import StagePlan
from gongzhi.desk import choices, clue_sheet, clue_words, rows, words
from gongzhi.flow import queries as flow
from gongzhi.flow.rules import Lamp
from gongzhi.org.models import Division
from gongzhi.org.roles import Role

VIEWERS = frozenset({Role.VILLAGE, Role.TOWN_OFFICE, Role.CITY_OFFICE, Role.DEPARTMENT, Role.COMMAND})
PLANNERS = frozenset({Role.TOWN_OFFICE, Role.CITY_OFFICE})
"""Who sets stages of clearing."""
_GROUPINGS = ("town", "village", "trade", "kind", "source", "department", "result", "age", "stock")
_EXPORTED_AT_ONCE = 2_000
_MOST_EXPORTED = 500_000
_TEXTS = ("area", "trade", "kind", "source", "department", "result", "standing", "number")


@require_safe
def ledger(request: Any) -> HttpResponse:
    """Clues in the post's area, newest first, with the sums by one grouping; each sum leads to its clues."""
    _only(request, VIEWERS)
    wanted, values = _wanted(request)
    after = request.GET.get("after", "")
    try:
        page = room.ledger(request.acting, wanted, moment=request.moment, after=after)
    except ValueError:
        raise Http404 from None
    kept = {key: value for key, value in values.items() if value}
    by = values["by"]
    base = wanted.stock_before or request.moment.today
    context = {
        "columns": _COLUMNS,
        "rows": _rows(request, page.rows),
        "filters": _filters(request),
        "values": values,
        "clear_url": reverse("clue_ledger"),
        "next_url": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
        "export_url": f"{reverse('clue_ledger_export')}?{urlencode(kept)}",
        "sums": [
            _sum(one, by, kept, request)
            for one in (
                [] if after else room.sums(request.acting, wanted, by, moment=request.moment, base=base)
            )
        ],
        "sum_columns": (
            {"key": "group", "label": _grouping(by), "kind": "link"},
            *_SUM_COLUMNS,
        ),
        "plans_url": reverse("clue_plans"),
    }
    return render(request, "desk/clue_ledger.html", context)


@require_safe
def export(request: Any) -> HttpResponse:
    """The ledger as it is filtered, as an office files it: title, what was filtered, numbered columns."""
    _only(request, VIEWERS)
    wanted, values = _wanted(request)
    stated = [
        (words.Bilingual(field["zh"], field["en"]).said, _shown(field, values.get(field["name"], "")))
        for field in _filters(request)
        if values.get(field["name"]) and field["name"] != "by"
    ]
    return clue_sheet.workbook(
        _("无证无照经营线索台账"),
        stated,
        _HEADS(),
        _all(request, wanted),
        unit=words.unit(request.post_held),
        day=request.moment.today,
    )


def _all(request: Any, wanted: LedgerFilter) -> Iterator[list[Any]]:
    on, after, left = request.moment.today, "", _MOST_EXPORTED
    names = clue_words.trade_names(on)
    while left > 0:
        page = room.ledger(
            request.acting, wanted, moment=request.moment, after=after, size=min(left, _EXPORTED_AT_ONCE)
        )
        for row in page.rows:
            yield [
                row.number,
                row.found_on,
                clue_words.source(row.source, on),
                words.place(row.area),
                row.sign,
                row.address,
                row.person_shown,
                row.business,
                names.get(row.trade, ""),
                clue_words.kind(row.kind),
                clue_words.permits(row.permits, on),
                _("是") if row.serious else _("否"),
                "" if row.department == states.NO_DEPARTMENT else words.department(row.department),
                words.state(states.NAME, row.state).said,
                row.due if row.is_open else None,
                clue_words.coded("clue_result", row.result, on) if row.result else "",
                row.closed_on,
            ]
        if page.next is None:
            return
        after, left = page.next, left - len(page.rows)


def _HEADS() -> list[str]:  # noqa: N802  read like the constant it would be in one language
    return [
        _("线索编号"),
        _("发现日期"),
        _("来源"),
        _("属地"),
        _("招牌"),
        _("地址"),
        _("经营者"),
        _("已登记主体"),
        _("行业"),
        _("判定"),
        _("缺少的许可"),
        _("重大隐患"),
        _("部门"),
        _("状态"),
        _("到期日"),
        _("结果"),
        _("办结日期"),
    ]


def _wanted(request: Any) -> tuple[LedgerFilter, dict[str, str]]:
    get = {
        name: request.GET.get(name, "").strip()[:60]
        for name in (*_TEXTS, "serious", "stock", "base", "from", "to", "older", "by")
    }
    get["by"] = get["by"] if get["by"] in _GROUPINGS else _usual(request.acting)
    wanted = LedgerFilter(
        **{name: get[name] for name in _TEXTS if name != "area"},
        area=get["area"] if get["area"].isdigit() else "",
        serious={"1": True, "0": False}.get(get["serious"]),
        stock={"stock": True, "new": False}.get(get["stock"]),
        stock_before=_day(get["base"]) or request.moment.today,
        found_from=_day(get["from"]),
        found_to=_day(get["to"]),
        older_than=int(get["older"]) if get["older"].isdigit() and len(get["older"]) < 6 else None,
    )
    known = {state.name for state in flow_states()} | {"open", "ended", "late", ""}
    if wanted.standing not in known:
        wanted, get["standing"] = replace(wanted, standing=""), ""
    return wanted, get


def flow_states() -> tuple[Any, ...]:
    """The states of a clue, in the order of its way."""
    return states.STATES


def _usual(acting: Any) -> str:
    return {4: "town", 6: "town", 9: "village"}.get(len(acting.area), "trade")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _rows(request: Any, found: tuple[LedgerRow, ...]) -> list[dict[str, Any]]:
    on = request.moment.today
    names = clue_words.trade_names(on)
    standings = {
        one.id: one
        for one in flow.cases_for(request.acting, [row.case_id for row in found], moment=request.moment)
    }
    made = []
    for row in found:
        standing = standings.get(row.case_id)
        lamp = (
            rows.lamp_of(standing)
            if standing
            else {
                "level": Lamp.DONE.value,
                "due": None,
                "days_left": None,
                "provisional": False,
                "reason": "",
            }
        )
        about = row.business or row.sign or row.address or _("无招牌")
        made.append(
            {
                "url": reverse("case", args=[row.case_id]),
                "about": _("【重大】%(about)s") % {"about": about} if row.serious else about,
                "number": row.number,
                "trade": names.get(row.trade, "") or _("行业未定"),
                "kind": clue_words.kind_tag(row.kind),
                "place": words.place(row.area),
                "found_on": row.found_on,
                "state": (
                    words.state(states.NAME, row.state).said,
                    rows.TONES[standing.lamp] if standing else "neutral",
                ),
                "lamp": lamp,
            }
        )
    return made


def _sum(one: Sum, by: str, kept: dict[str, str], request: Any) -> dict[str, Any]:
    return {
        "url": f"{reverse('clue_ledger')}?{urlencode(kept | _drill(one.key, by))}",
        "group": _group(one.key, by, request.moment.today),
        "found": one.found,
        "open": one.open,
        "late": one.late,
        "cleared": one.cleared,
        "merged": one.merged + one.withdrawn,
    }


def _drill(key: str, by: str) -> dict[str, str]:
    """What narrows the ledger to one group; a span of age has only a lower end, so it shows what is older."""
    if by in {"town", "village"}:
        return {"area": key, "by": "village" if by == "town" else "trade"}
    if by == "stock":
        return {"stock": key}
    if by == "age":
        ends = [0, *room.AGES]
        if key == "ended":
            return {"standing": "ended"}
        older = ends[-1] if key == "older" else ends[ends.index(int(key)) - 1]
        return {"standing": "open", "older": str(older)}
    return {by: key}


def _group(key: str, by: str, on: date) -> str:
    if not key:
        return _("未定")
    match by:
        case "town" | "village":
            return words.place(key)
        case "trade":
            return clue_words.trade(key, on)
        case "kind":
            return clue_words.kind(key)
        case "source":
            return clue_words.source(key, on)
        case "department":
            return _("未到部门") if key == states.NO_DEPARTMENT else words.department(key)
        case "result":
            return clue_words.coded("clue_result", key, on)
        case "stock":
            return _("存量") if key == "stock" else _("新增")
    if key == "ended":
        return _("已结束")
    if key == "older":
        return _("发现超过 %(n)s 天") % {"n": room.AGES[-1]}
    return _("发现 %(n)s 天以内") % {"n": key}


def _grouping(by: str) -> str:
    spoken = {
        "town": _("镇街"),
        "village": _("村（社区）"),
        "trade": _("行业"),
        "kind": _("判定"),
        "source": _("来源"),
        "department": _("部门"),
        "result": _("结果"),
        "age": _("发现至今"),
        "stock": _("存量与新增"),
    }
    return spoken[by]


def _filters(request: Any) -> tuple[dict[str, Any], ...]:
    on, acting = request.moment.today, request.acting
    level = Division.Level.TOWN if len(acting.area) < 9 else Division.Level.VILLAGE
    areas = choices.divisions_below(acting.area, level) if len(acting.area) < 12 else []
    standings = [("open", _("未办结")), ("late", _("已超期")), ("ended", _("已结束"))]
    standings += [(state.name, words.Bilingual(state.zh, state.en).said) for state in states.STATES]
    listed: list[dict[str, Any]] = [
        {
            "name": "area",
            "zh": "属地",
            "en": "Area",
            "kind": "select",
            "choices": [(code, words.place(code)) for code in areas],
        },
        {
            "name": "trade",
            "zh": "行业",
            "en": "Trade",
            "kind": "select",
            "choices": list(clue_words.trade_names(on).items()),
        },
        {"name": "kind", "zh": "判定", "en": "Class", "kind": "select", "choices": clue_words.kinds()},
        {"name": "standing", "zh": "状态", "en": "State", "kind": "select", "choices": standings},
        {
            "name": "source",
            "zh": "来源",
            "en": "Source",
            "kind": "select",
            "choices": [
                (row.code, words.Bilingual(row.zh, row.en).said) for row in reasons("clue_source", on)
            ],
        },
        {
            "name": "serious",
            "zh": "重大隐患",
            "en": "Serious",
            "kind": "select",
            "choices": [("1", _("是")), ("0", _("否"))],
        },
        {
            "name": "stock",
            "zh": "存量与新增",
            "en": "Stock and new",
            "kind": "select",
            "choices": [("stock", _("存量")), ("new", _("新增"))],
        },
        {
            "name": "base",
            "zh": "此日之前发现的算存量",
            "en": "Found before this day counts as stock",
            "kind": "date",
            "required": False,
        },
        {"name": "number", "zh": "线索编号", "en": "Number", "kind": "search", "required": False},
        {
            "name": "by",
            "zh": "汇总方式",
            "en": "Summed by",
            "kind": "select",
            "usual": _usual(acting),
            "choices": [(by, _grouping(by)) for by in _GROUPINGS],
        },
    ]
    return tuple(one for one in listed if one["name"] != "area" or areas)


def _shown(field: dict[str, Any], value: str) -> str:
    return next((label for code, label in field.get("choices", ()) if code == value), value)


@require_http_methods(["GET", "HEAD", "POST"])
def plans(request: Any) -> HttpResponse:
    """Stages of clearing: how much of what was open on the base day is to be ended by when, and how far it has come."""
    _only(request, VIEWERS - {Role.DEPARTMENT})
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        _only(request, PLANNERS)
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
    base, ends = _day(values["base_on"]), _day(values["ends_on"])
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
            "hint_zh": "目标只针对办结，不针对发现多少。",
            "hint_en": "The target is on clearing, never on how many are found.",
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


def _only(request: Any, roles: frozenset[Role]) -> None:
    if request.acting.role not in roles:
        raise PermissionDenied


_COLUMNS = (
    {"key": "about", "label": "对象", "kind": "link"},
    {"key": "number", "label": "线索编号", "kind": "code"},
    {"key": "trade", "label": "行业", "kind": "text"},
    {"key": "kind", "label": "判定", "kind": "status"},
    {"key": "place", "label": "属地", "kind": "place"},
    {"key": "found_on", "label": "发现日期", "kind": "day"},
    {"key": "state", "label": "状态", "kind": "status"},
    {"key": "lamp", "label": "期限", "kind": "lamp"},
)
_SUM_COLUMNS = (
    {"key": "found", "label": "线索", "kind": "number"},
    {"key": "open", "label": "未办结", "kind": "number"},
    {"key": "late", "label": "其中超期", "kind": "number"},
    {"key": "cleared", "label": "已清理", "kind": "number"},
    {"key": "merged", "label": "合并或撤回", "kind": "number"},
)
