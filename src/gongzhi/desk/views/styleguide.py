"""`/styleguide/`: every component in every state, in the reader's language. Everything shown is made up here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CITY_TIME = ZoneInfo("Asia/Shanghai")

COLOURS = (
    "ink", "ink-soft", "line-strong", "line", "sunken", "ground", "paper",
    "primary-strong", "primary", "primary-soft", "accent", "accent-soft",
    "good", "good-soft", "warn", "warn-line", "warn-soft", "bad-strong", "bad", "bad-soft",
    "info", "info-soft", "rest", "rest-soft", "mark", "focus",
)  # fmt: skip

# A registered scope is quoted in the language it was registered in, whoever reads the page.
PERSON = "陈明"
QUOTED = "餐饮服务"
SCOPE = (
    "一般项目：食品销售（仅销售预包装食品）；日用百货销售；餐饮管理。"
    "许可项目：餐饮服务；烟草制品零售。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the design system. `?toast=good` (info, warn, bad) sends a message with the page."""
    if request.GET.get("toast") in {"good", "info", "warn", "bad"} and hasattr(request, "_messages"):
        levels = {
            "good": messages.SUCCESS,
            "info": messages.INFO,
            "warn": messages.WARNING,
            "bad": messages.ERROR,
        }
        messages.add_message(request, levels[request.GET["toast"]], _("已登记反馈结果"))
    return render(request, "styleguide.html", examples())


def examples() -> dict[str, Any]:
    """Context of the style guide: the frame's own values and the samples of every component."""
    return {**_frame(), **_marks(), **_forms(), **_lists(), **_timeline(), "colours": COLOURS}


def _frame() -> dict[str, Any]:
    posts = [
        {"id": "1", "role": _("部门经办人"), "unit": _("市场监督管理局 · 莞城"), "current": True},
        {"id": "2", "role": _("镇街统筹"), "unit": _("莞城街道"), "current": False},
    ]
    return {
        "invented": True,
        "city_name": _("东莞市"),
        "post": {"name": PERSON, **posts[0]},
        "posts": posts,
        "switch_post_url": "#",
        "sign_out_url": "#",
        "steps": [(_("首页"), "/"), (_("系统"), None), (_("设计规范"), None)],
        "nav": [
            {"label": _("首页"), "url": "#", "icon": "home"},
            {"label": _("待办"), "url": "#", "icon": "inbox", "count": 12, "late": True},
            {"label": _("告知"), "url": "#", "icon": "bell", "count": 4},
            {"label": _("走访核实"), "url": "#", "icon": "walk"},
            {"label": _("市场主体"), "url": "#", "icon": "shop"},
            {"group": _("系统")},
            {"label": _("设计规范"), "url": "#", "icon": "book", "current": True},
        ],
    }


def _marks() -> dict[str, Any]:
    day = dt.date(2026, 10, 12)
    return {
        "lamps": [
            {"level": "green", "due": day, "days_left": 7},
            {"level": "yellow", "due": day, "days_left": 2},
            {"level": "yellow", "due": day, "days_left": 0},
            {"level": "red", "due": day, "days_left": -3},
            {"level": "paused", "due": day, "reason": _("地址有误，等待核定")},
            {"level": "done", "due": day},
            {"level": "green", "due": dt.date(2027, 1, 8), "days_left": 12, "provisional": True},
            {"level": "yellow", "due": day, "days_left": 1, "unit": "calendar"},
        ],
        "statuses": [
            (_("待领取"), "neutral"),
            (_("办理中"), "info"),
            (_("已反馈"), "good"),
            (_("待补正"), "warn"),
            (_("已退回"), "bad"),
            (_("已暂停"), "rest"),
            (_("虚构"), "accent"),
        ],
        "tones": ("info", "good", "warn", "bad", "rest"),
        "toasts": (
            ("good", "tick", _("已登记反馈结果")),
            ("info", "info", _("名单已更新")),
            ("warn", "warning", _("有 3 条记录需要人工核定")),
            ("bad", "stop", _("网络不通，未能提交，请稍后再试。")),
        ),
        "waiting": [
            (
                _("双告知"),
                [
                    {"label": _("待办"), "value": 12, "url": "#"},
                    {"label": _("已超期"), "value": 1, "url": "#", "tone": "bad"},
                ],
            )
        ],
        "board": [
            {"label": _("待办"), "value": 1247, "soon": 39, "late": 0, "url": "#"},
            {"label": _("已超期"), "value": 108, "soon": 0, "late": 6, "url": "#"},
        ],
        "tiles": [
            {
                "label": _("待办"),
                "value": "12",
                "url": "#",
                "unit": _("件"),
                "icon": "inbox",
                "note": _("今天新到 3 件"),
            },
            {
                "label": _("三日内到期"),
                "value": "4",
                "url": "#",
                "unit": _("件"),
                "icon": "clock",
                "tone": "warn",
            },
            {"label": _("已超期"), "value": "1", "url": "#", "unit": _("件"), "icon": "stop", "tone": "bad"},
            {
                "label": _("按时办结率"),
                "value": "98.6%",
                "icon": "chart",
                "tone": "good",
                "note": _("本月 358 件"),
            },
        ],
    }


def _forms() -> dict[str, Any]:
    fields: list[dict[str, Any]] = [
        {
            "name": "result",
            "label": _("核实结果"),
            "kind": "choice",
            "choices": [
                ("open", _("正常经营"), _("门开着，与登记一致")),
                ("closed", _("未开业")),
                ("gone", _("查无此户"), _("地址在，主体不在")),
            ],
        },
        {"name": "seen_on", "label": _("到场日期"), "kind": "date"},
        {
            "name": "department",
            "label": _("转交部门"),
            "kind": "select",
            "choices": [("a", _("市场监督管理局")), ("b", _("烟草专卖局"))],
        },
        {
            "name": "phone",
            "label": _("联系电话"),
            "hint": _("手机或固定电话，只用于本次核实"),
            "required": False,
        },
        {
            "name": "found",
            "label": _("发现的情形"),
            "kind": "multi",
            "required": False,
            "choices": [("1", _("未亮照")), ("2", _("未见许可证")), ("3", _("地址不符"))],
        },
        {"name": "note", "label": _("情况说明"), "kind": "textarea", "max_length": 500, "required": False},
        {
            "name": "photo",
            "label": _("现场照片"),
            "kind": "file",
            "accept": "image/*",
            "required": False,
            "hint": _("至多一张；不拍人脸"),
        },
        {"name": "told", "label": _("已向经营者说明办证途径"), "kind": "checkbox", "required": False},
    ]
    return {
        "fields": fields,
        "values": {"result": "open", "seen_on": "2026-09-21", "found": ["2"]},
        "errors": {"result": _("请从所列选项中选择"), "seen_on": _("日期不能晚于今天")},
        "long_list": [
            {
                "name": "grid",
                "label": _("网格"),
                "kind": "grid",
                "choices": [(str(n), _("第 %(n)s 网格") % {"n": n}) for n in range(1, 41)],
            }
        ],
        "disabled_fields": [
            {"name": "code", "label": _("统一社会信用代码"), "disabled": True},
        ],
        "disabled_values": {"code": "91441900MA4UXXXX0X"},
        "filters": [
            {"name": "q", "label": _("名称或代码"), "kind": "search"},
            {
                "name": "state",
                "label": _("状态"),
                "kind": "choice",
                "choices": [("a", _("待领取")), ("b", _("办理中"))],
            },
            {"name": "due", "label": _("期限不晚于"), "kind": "date"},
        ],
        "filter_values": {"state": "b"},
    }


def _lists() -> dict[str, Any]:
    here = _("莞城街道 · 示例社区 · 第 3 网格")
    green = {"level": "green", "due": dt.date(2026, 10, 12), "days_left": 7}
    red = {"level": "red", "due": dt.date(2026, 9, 16), "days_left": -3}
    paused = {"level": "paused", "due": dt.date(2026, 10, 9), "reason": _("地址有误，等待核定")}
    return {
        "columns": [
            {"key": "name", "label": _("市场主体"), "kind": "link"},
            {"key": "permit", "label": _("许可事项")},
            {"key": "pushed", "label": _("告知日期"), "kind": "day"},
            {"key": "visits", "label": _("走访次数"), "kind": "number"},
            {"key": "state", "label": _("状态"), "kind": "status"},
            {"key": "lamp", "label": _("期限"), "kind": "lamp"},
        ],
        "table_rows": [
            {
                "name": _("莞城甲餐饮店（虚构）"), "url": "#", "permit": _("食品经营许可"), "visits": 1,
                "pushed": dt.date(2026, 9, 21), "state": (_("办理中"), "info"), "lamp": green,
            },
            {
                "name": _("东城乙便利店（虚构）"), "url": "#", "permit": _("烟草专卖零售许可"), "visits": 2,
                "pushed": dt.date(2026, 8, 24), "state": (_("待领取"), "neutral"), "lamp": red,
            },
            {
                "name": _("南城丙商贸行（虚构）"), "url": "#", "permit": _("食品经营许可"), "visits": 0,
                "pushed": dt.date(2026, 9, 18), "state": (_("已暂停"), "rest"), "lamp": paused,
            },
        ],
        "pairs": [
            (_("名称"), _("莞城甲餐饮店（虚构）")),
            (_("统一社会信用代码"), "91441900MA4UXXXX0X", "code"),
            (_("成立日期"), dt.date(2026, 9, 18), "day"),
            (_("登记地址"), _("莞城街道示例路 1 号"), "text", "#"),
            (_("状态"), (_("办理中"), "info"), "status"),
            (_("期限"), green, "lamp"),
            (_("联系电话"), ""),
        ],
        "cards": [
            {
                "lead": here, "place": _("示例路 1 号一楼"), "url": "#", "grid": here, "lamp": green,
                "items": [_("开业经营核查"), _("许可办理核查：食品经营许可")],
            },
            {
                "place": _("示例路 27 号 102 铺"), "url": "#", "grid": here, "lamp": red,
                "items": [_("登记地址核查")], "more": 2, "status": (_("第二次走访"), "info"),
            },
            {
                "place": _("示例路 30 号"), "url": "#", "grid": here, "lamp": paused,
                "items": [],
            },
        ],
        "options": [
            {"value": "1", "label": _("莞城街道示例社区示例路 1 号"), "detail": _("第 3 网格"), "confidence": 0.94},
            {"value": "2", "label": _("莞城街道示例社区示例路 1 号之二"), "detail": _("第 3 网格"), "confidence": 0.71},
            {"value": "3", "label": _("东城街道样本社区示例一路 1 号"), "detail": _("第 8 网格"), "confidence": 0.38},
            {"value": "", "label": _("都不是，库里没有这个地址")},
        ],
    }  # fmt: skip


def _timeline() -> dict[str, Any]:
    start = SCOPE.index(QUOTED)
    why = {
        "text": SCOPE,
        "words": [{"text": QUOTED, "start": start, "end": start + len(QUOTED)}],
        "rule": "food-catering/2",
        "version": "2026-09",
        "rule_words": _("许可项目中出现标准用语"),
        "basis": _("《中华人民共和国食品安全法》第三十五条"),
        "department": _("市场监督管理局"),
        "confidence": 0.98,
        "certainty": "sure",
        "opened": True,
    }

    def at(month: int, day: int, hour: int) -> dt.datetime:
        return dt.datetime(2026, month, day, hour, 5, tzinfo=CITY_TIME)

    return {
        "why": why,
        "why_review": {**why, "certainty": "review", "confidence": 0.62, "opened": False},
        "entries": [
            {"title": _("登记受理"), "at": at(9, 21, 9), "who": _("登记机关")},
            {
                "title": _("告知市场监督管理局"), "at": at(9, 21, 9), "who": _("系统"), "icon": "send", "why": why,
                "due_to": dt.date(2026, 10, 20),
            },
            {
                "title": _("地址有误，退回核定"), "at": at(9, 24, 15), "who": _("李强 · 网格员"), "tone": "rest",
                "due_from": dt.date(2026, 10, 12),
            },
            {
                "title": _("地址核定，重新派发"), "at": at(9, 29, 10), "who": _("王芳 · 地址管理员"), "tone": "good",
                "due_from": dt.date(2026, 10, 12), "due_to": dt.date(2026, 10, 15),
            },
            {
                "title": _("走访核实：未见许可证"), "at": at(9, 30, 11), "who": _("李强 · 网格员"), "tone": "warn",
                "body": _("已当面说明办证途径，经营者表示会尽快申请。"),
                "facts": [(_("核实结果"), _("正常经营")), (_("照片"), _("1 张"))],
            },
            {
                "title": _("超过期限未反馈"), "at": at(11, 6, 0), "who": _("系统"), "tone": "bad",
                "lamp": {"level": "red", "due": dt.date(2026, 11, 5), "days_left": -1},
            },
        ],
    }  # fmt: skip
