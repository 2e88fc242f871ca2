"""台账: the list of clues with its sums, the office's workbook, and the stage plans of clearing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_safe

from gongzhi.catalog.queries import reasons
from gongzhi.clues import ledger as room
from gongzhi.clues import states
from gongzhi.clues.ledger import LedgerFilter, LedgerRow, Sum
from gongzhi.desk import choices, clue_sheet, clue_words, rows, words
from gongzhi.flow import queries as flow
from gongzhi.flow.rules import Lamp
from gongzhi.org.models import Division
from gongzhi.org.roles import Role

VIEWERS = frozenset({Role.VILLAGE, Role.TOWN_OFFICE, Role.CITY_OFFICE, Role.DEPARTMENT, Role.COMMAND})
_GROUPINGS = ("town", "village", "trade", "kind", "source", "department", "result", "age", "stock")
_TOWN_DIGITS = 9
_EXPORTED_AT_ONCE = 2_000
_MOST_EXPORTED = 500_000
_TEXTS = ("area", "trade", "kind", "source", "department", "result", "standing", "number")


@require_safe
def ledger(request: Any) -> HttpResponse:
    """Clues in the post's area, newest first, with the sums by one grouping; each sum leads to its clues.

    Over more than a town the sums come by themselves a moment after the list; without scripts a link brings them.
    """
    only(request, VIEWERS)
    wanted, values = _wanted(request)
    after = request.GET.get("after", "")
    try:
        page = room.ledger(request.acting, wanted, moment=request.moment, after=after)
    except ValueError:
        raise Http404 from None
    kept = {key: value for key, value in values.items() if value}
    wide = len(request.acting.area) < _TOWN_DIGITS and len(wanted.area) < _TOWN_DIGITS
    later = wide and request.GET.get("sums") != "1"
    context = {
        "columns": _COLUMNS,
        "rows": _rows(request, page.rows),
        "filters": _filters(request),
        "values": values,
        "clear_url": reverse("clue_ledger"),
        "next_url": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
        "export_url": f"{reverse('clue_ledger_export')}?{urlencode(kept)}",
        **({} if after or later else _summed(request, wanted, values)),
        "sums_url": f"{reverse('clue_ledger_sums')}?{urlencode(kept)}" if later and not after else "",
        "with_sums_url": f"?{urlencode({**kept, 'sums': '1'})}",
        "plans_url": "" if request.acting.role is Role.DEPARTMENT else reverse("clue_plans"),
    }
    return render(request, "desk/clue_ledger.html", context)


@require_safe
def ledger_sums(request: Any) -> HttpResponse:
    """The sums alone, for a page that has shown its list already."""
    only(request, VIEWERS)
    wanted, values = _wanted(request)
    return render(request, "desk/clue_ledger_sums.html", _summed(request, wanted, values))


def _summed(request: Any, wanted: LedgerFilter, values: dict[str, str]) -> dict[str, Any]:
    by = values["by"]
    kept = {key: value for key, value in values.items() if value}
    base = wanted.stock_before or request.moment.today
    found = room.sums(request.acting, wanted, by, moment=request.moment, base=base)  # type: ignore[arg-type]
    return {
        "sums": [_sum(one, by, kept, request) for one in found],
        "sum_columns": ({"key": "group", "label": _grouping(by), "kind": "link"}, *_SUM_COLUMNS),
    }


@require_safe
def export(request: Any) -> HttpResponse:
    """The ledger as it is filtered, as an office files it: title, what was filtered, numbered columns."""
    only(request, VIEWERS)
    wanted, values = _wanted(request)
    stated = [
        (words.Bilingual(field["zh"], field["en"]).said, _shown(field, values.get(field["name"], "")))
        for field in _filters(request)
        if values.get(field["name"]) and field["name"] != "by"
    ]
    return clue_sheet.workbook(
        _("无证无照经营线索台账"),
        stated,
        _heads(),
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


def _heads() -> list[str]:
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
        stock_before=day_of(get["base"]) or request.moment.today,
        found_from=day_of(get["from"]),
        found_to=day_of(get["to"]),
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


def day_of(text: str) -> date | None:
    """A day as a form states it, or None."""
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
                "detail": " · ".join(
                    [names.get(row.trade, "") or _("行业未定"), clue_words.kind(row.kind), row.number]
                ),
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
    named: dict[str, Callable[[], str]] = {
        "town": lambda: words.place(key),
        "village": lambda: words.place(key),
        "trade": lambda: clue_words.trade(key, on),
        "kind": lambda: clue_words.kind(key),
        "source": lambda: clue_words.source(key, on),
        "department": lambda: _("未到部门") if key == states.NO_DEPARTMENT else words.department(key),
        "result": lambda: clue_words.coded("clue_result", key, on),
        "stock": lambda: _("存量") if key == "stock" else _("新增"),
        "age": lambda: _span(key),
    }
    return named[by]()


def _span(key: str) -> str:
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


def only(request: Any, roles: frozenset[Role]) -> None:
    """Refuse the page to every other role."""
    if request.acting.role not in roles:
        raise PermissionDenied


_COLUMNS = (
    {"key": "about", "label": noop("对象"), "kind": "link"},
    {"key": "detail", "label": noop("内容"), "kind": "text"},
    {"key": "place", "label": noop("属地"), "kind": "place"},
    {"key": "found_on", "label": noop("发现日期"), "kind": "day"},
    {"key": "state", "label": noop("状态"), "kind": "status"},
    {"key": "lamp", "label": noop("期限"), "kind": "lamp"},
)
_SUM_COLUMNS = (
    {"key": "found", "label": noop("线索"), "kind": "number"},
    {"key": "open", "label": noop("未办结"), "kind": "number"},
    {"key": "late", "label": noop("其中超期"), "kind": "number"},
    {"key": "cleared", "label": noop("已清理"), "kind": "number"},
    {"key": "merged", "label": noop("合并或撤回"), "kind": "number"},
)
