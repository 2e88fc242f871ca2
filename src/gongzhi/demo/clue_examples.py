"""One clue in every state beside the demo's own accounts, so that whoever tries a page finds something on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gongzhi.clues import states
from gongzhi.clues.actions import report_clue
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.numbers import number_of
from gongzhi.clues.reports import receive_report
from gongzhi.clues.rules import Licence, Situation, Standing, Where
from gongzhi.demo.clue_work import ClueWork
from gongzhi.flow.actions import transition
from gongzhi.flow.queries import case_for
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM

if TYPE_CHECKING:
    from gongzhi.demo.staff import Staff
    from gongzhi.flow.moment import Moment

Step = tuple[str, str, Mapping[str, Any]]
"""Who, act, answers."""

_URGE: Step = ("village", "urge", {"words": "已告知应办理的证照，并告知办理地点。"})
_ON: Step = ("village", "not_corrected", {"reason": "refused", "words": "经两次劝导仍未办理。"})
_SENT = (_URGE, _ON)
_RECEIVED = (*_SENT, ("clerk", "receive", {}))
_HANDLED = (*_RECEIVED, ("clerk", "take_on", {}))
_FED_BACK = (*_HANDLED, ("clerk", "feed_back", {"result": "closed_down", "words": "已依法取缔。"}))
_EXTENSION = (*_HANDLED, ("clerk", "ask_extension", {"reason": "complex", "words": "需检验鉴定。"}))
_OBJECTED = (
    *_RECEIVED,
    (
        "clerk",
        "object",
        {"reason": "special_law", "proposed": "urban", "words": "占道经营，应由城管部门处置。"},
    ),
)
_JOINT = (*_FED_BACK, ("town", "send_to_joint", {"words": "屡查屡犯，列入联合整治。"}))
_PLAN = {"plan": "下月第一周联合整治", "members": "market、urban、fire", "planned_on": "2026-12-07"}

SHOP = Situation(trades=("catering",), licence=Licence.NONE, otherwise=Standing.NONE)
STALL = replace(SHOP, trades=("food_stall",), hazards=("gas_bottles", "school_side"))
NEW_TRADE = Situation(licence=Licence.NONE)

WAYS: Sequence[tuple[str, str, Situation, Sequence[Step]]] = (
    (states.FOUND, "无名早餐档", SHOP, ()),
    (states.URGING, "阿强大排档", SHOP, (_URGE,)),
    (states.TO_ROUTE, "共享直播间", NEW_TRADE, _SENT),
    (states.COMMANDED, "地下换电点", replace(NEW_TRADE, hazards=("charging_indoors",)), ()),
    (states.URGENT, "校门口无名小吃档", STALL, ()),
    (states.PUSHED, "利民快餐", SHOP, _SENT),
    (states.RECEIVED, "阿芳甜品", SHOP, _RECEIVED),
    (states.HANDLING, "老陈烧腊", SHOP, _HANDLED),
    (states.EXTENSION_ASKED, "顺兴牛杂", SHOP, _EXTENSION),
    (states.EXTENDED, "德记肠粉", SHOP, (*_EXTENSION, ("town", "grant_extension", {"words": "同意。"}))),
    (
        states.AWAITING_ASSISTANCE,
        "和顺茶档",
        SHOP,
        (*_HANDLED, ("clerk", "ask_assistance", {"department": "fire", "words": "请协助核查消防条件。"})),
    ),
    (states.OBJECTED, "路口烧烤车", SHOP, _OBJECTED),
    (
        states.TO_DESIGNATE,
        "夜市炒粉",
        SHOP,
        (*_OBJECTED, ("town", "to_city", {"words": "两部门意见不一，提请市级指定。"})),
    ),
    (states.TO_CHECK, "福满楼外卖", SHOP, _FED_BACK),
    (
        states.AWAITING_PARTS,
        "文昌书报亭",
        SHOP,
        (
            *_HANDLED,
            ("town", "add_department", {"department": "fire", "words": "同时存在消防问题。"}),
            ("clerk", "feed_back", {"result": "ordered", "words": "已责令停止经营。"}),
        ),
    ),
    (states.TO_PLAN, "城中村加工点", SHOP, _JOINT),
    (states.JOINT, "后街作坊", SHOP, (*_JOINT, ("town", "plan", _PLAN))),
    (
        states.CLOSED,
        "永盛食堂",
        SHOP,
        (*_FED_BACK, ("village", "confirm", {"reason": "confirmed", "words": "已关门。"})),
    ),
    (
        states.NOT_UNLICENSED,
        "巷口修鞋摊",
        replace(SHOP, trades=("mending",)),
        (("village", "dismiss", {"result": "exempt", "words": "便民劳务，依法无须办理。"}),),
    ),
)


def add_examples(grid: str, staff: Staff, work: ClueWork, moment: Moment) -> int:
    """Open one clue for each state in this grid and bring it there; returns how many."""
    ids: list[int] = []
    for number, (_, sign, situation, steps) in enumerate(WAYS, start=1):
        with acting_as(staff.officer(grid)) as officer:
            found = Discovery(
                source="patrol",
                area=grid,
                found_on=moment.today,
                situation=replace(situation, where=Where(area=grid)),
                address=f"东正路{number * 2}号",
                door_key=f"{grid[:12]}/东正路{number * 2}号",
                sign=sign,
                words="巡查中发现正在营业，未见悬挂证照。",
                person="陈某某",
                phone="13800000000",
                invented=True,
            )
            case_id = report_clue(found, acting=officer, moment=moment).case_id
        ids.append(case_id)
        for who, action, form in steps:
            _step(case_id, who, action, form, work, moment)
    _merge_a_second_report(ids[0], grid, staff, moment)
    receive_report(
        Discovery(
            source="public",
            area=grid,
            found_on=moment.today,
            situation=replace(SHOP, where=Where(area=grid)),
            address="东正路88号",
            sign="楼下麻辣烫",
            words="每晚营业到凌晨，没有看到执照。",
            invented=True,
        ),
        name="林某某",
        phone="13900000000",
        moment=moment,
    )
    return len(ids)


def _step(
    case_id: int, who: str, action: str, form: Mapping[str, Any], work: ClueWork, moment: Moment
) -> None:
    with acting_as(SYSTEM):
        view = case_for(SYSTEM, case_id, moment=moment).view()
        acting = work.who(who, view)
        transition(case_id, action, acting=acting, moment=moment, form=form)


def _merge_a_second_report(case_id: int, grid: str, staff: Staff, moment: Moment) -> None:
    """Somebody else reports the same stall: a likeness to be decided, and one that was."""
    with acting_as(staff.village(grid)) as team:
        for index, sign in enumerate(("无名早餐摊", "早餐档（无招牌）")):
            again = report_clue(
                Discovery(
                    source="hotline",
                    source_ref=f"demo-{index}",
                    area=grid,
                    found_on=moment.today,
                    situation=replace(SHOP, where=Where(area=grid)),
                    address="东正路2号",
                    door_key=f"{grid[:12]}/东正路2号",
                    sign=sign,
                    invented=True,
                ),
                acting=team,
                moment=moment,
            )
        transition(
            again.case_id,
            "merge",
            acting=team,
            moment=moment,
            form={"into": number_of(case_id, moment.today.year), "words": "同一档口。"},
        )
