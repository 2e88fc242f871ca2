"""Reporting a clue, on a telephone and in under a minute: what, where, dangers; then what the machine thinks; sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.clues import drafts, judging, looking, markets, queries
from gongzhi.clues.actions import report_clue
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.models import Clue
from gongzhi.clues.numbers import number_of
from gongzhi.clues.photos import MOST_PHOTOS, PhotoRefusedError, keep_photo
from gongzhi.clues.rules import Situation, Where
from gongzhi.desk import clue_answers, clue_places, words
from gongzhi.flow import queries as flow
from gongzhi.flow.actions import transition
from gongzhi.flow.errors import FlowError
from gongzhi.org.access import elevated
from gongzhi.org.roles import Role

REPORTERS = frozenset(
    {
        Role.OFFICER,
        Role.VILLAGE,
        Role.TOWN_OFFICE,
        Role.CITY_OFFICE,
        Role.DEPARTMENT,
        Role.COMMAND,
        Role.MARKET_MANAGER,
    }
)
"""Who may report from the desk; everybody else has the public page."""
_TEXTS = {"sign": 80, "address": 300, "stall": 80, "words": 500, "person": 40, "phone": 20}
_KEPT = (
    *_TEXTS,
    *("trade", "other_trade", "area", "lon", "lat", "client_key"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Any) -> HttpResponse:
    """The form; then what the machine thinks of it and what may be the same; then it is sent, once."""
    if request.acting.role not in REPORTERS:
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, {"client_key": uuid.uuid4().hex}, {})
    values = _given(request.POST)
    if (before := _sent_before(values["client_key"])) is not None:
        return _done(request, before)
    photos, problem = _photos(request)
    errors = _wrong(values, request)
    if problem:
        errors["photo"] = problem
    if errors:
        return _page(request, values, errors, photos=photos, status=422)
    return _next(request, values, photos)


def _next(request: Any, values: dict[str, Any], photos: list[str]) -> HttpResponse:
    """Back to the form, a look at what it is, or sent: as the pressed button says."""
    step, join = request.POST.get("step"), request.POST.get("join", "")
    if step == "edit":
        return _page(request, values, {}, photos=photos)
    discovery, place = _discovery(request, values)
    try:
        with transaction.atomic():
            if join.isdigit():
                return _join(request, int(join), values, discovery, photos)
            if step == "save":
                return _send(request, values, discovery, photos)
    except PhotoRefusedError as error:
        return _page(request, values, {"photo": _(str(error))}, photos=[], status=422)
    except FlowError:
        messages.error(request, _("要并入的线索刚有变化，请重新选择。"))
        return _look(request, values, photos, discovery, place, status=409)
    return _look(request, values, photos, discovery, place)


def _given(post: Any) -> dict[str, Any]:
    values: dict[str, Any] = {name: post.get(name, "").strip() for name in _KEPT}
    values |= {name: values[name][:longest] for name, longest in _TEXTS.items()}
    values["client_key"] = values["client_key"][:40]
    values["hazards"] = [code[:60] for code in post.getlist("hazards")[:40]]
    values |= {name[:120]: post.get(name, "")[:80] for name in post if name.startswith(clue_answers.PREFIX)}
    return values


def _wrong(values: Mapping[str, Any], request: Any) -> dict[str, str]:
    errors = {}
    named = clue_answers.picked_trade(values, request.moment.today)
    if not named and not values["words"]:
        errors["trade"] = _("请选行业，或在“一句话描述”里写明做什么。")
    if request.acting.role is Role.MARKET_MANAGER:
        if not values["stall"]:
            errors["stall"] = _("请写明摊位或铺位")
    elif not any(values[name] for name in ("sign", "address", "area", "lon")):
        errors["address"] = _("请至少给出一项：招牌、地址、定位或网格。")
    return errors


def _photos(request: Any) -> tuple[list[str], str]:
    """The photos' tokens so far with the newly picked ones, and what is wrong with the first that was refused."""
    tokens = [one for one in request.POST.getlist("draft")[:MOST_PHOTOS] if drafts.staged(one) is not None]
    for file in request.FILES.getlist("photo")[: MOST_PHOTOS - len(tokens)]:
        try:
            tokens.append(drafts.stage(file.read(), now=request.moment.at))
        except PhotoRefusedError as error:
            return tokens, _(str(error))
    return tokens, ""


def _discovery(request: Any, values: Mapping[str, Any]) -> tuple[Discovery, clue_places.Place]:
    acting, moment = request.acting, request.moment
    on = moment.today
    if acting.role is Role.MARKET_MANAGER:
        market = markets.market_of(acting)
        place = clue_places.Place(market.area, how=market.name)
    else:
        place = clue_places.place_of(values, acting, moment)
    trade = clue_answers.picked_trade(values, on)
    situation = Situation(
        trades=(trade,) if trade else (),
        matched=() if trade else clue_answers.read_from(values["words"], on),
        where=Where(area=place.area, lon=place.lon, lat=place.lat, at=moment.at),
        found_by=acting.department or "",
        hazards=clue_answers.hazards_in(values["hazards"], on),
    )
    city = words.city()
    return (
        Discovery(
            source="department" if acting.role is Role.DEPARTMENT else "patrol",
            source_ref=_ref(values["client_key"]),
            area=place.area,
            found_on=on,
            situation=clue_answers.with_answers(situation, values),
            address=values["address"],
            door_key=place.door_key,
            sign=values["sign"],
            words=values["words"],
            person=values["person"],
            phone=values["phone"],
            invented=bool(city and city.invented),
        ),
        place,
    )


def _ref(client_key: str) -> str:
    return f"desk:{client_key}" if client_key else ""


def _sent_before(client_key: str) -> int | None:
    """The clue that this very form became a moment ago; a second tap waits here for the first."""
    if not client_key:
        return None
    with elevated(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [client_key])
        cursor.execute(
            "SELECT case_id FROM clues_clue WHERE source IN ('patrol', 'department', 'market')"
            " AND source_ref IN (%s, %s)",
            [_ref(client_key), f"market:{client_key}"],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _look(
    request: Any,
    values: dict[str, Any],
    photos: list[str],
    discovery: Discovery,
    place: clue_places.Place,
    status: int = 200,
) -> HttpResponse:
    """What the machine thinks, what it would still like to know, and what may be the same."""
    on = request.moment.today
    judged = judging.judge(discovery.situation, on)
    asks = clue_answers.asked_fields(judged.finding.asks, on)
    shown = {field["name"] for field in asks}
    acting = request.acting
    near: list[looking.Alike] = []
    if acting.role is not Role.MARKET_MANAGER:
        with elevated():
            near = looking.alike(discovery, moment=request.moment)
    seen = [one for one in near if acting.sees(one.area, one.department)]
    area_choices = [(place.area, f"{words.place(place.area)}（{place.how}）")]
    area_choices += [(code, words.place(code)) for code in place.others if code != place.area]
    several = len(area_choices) > 1 and all(clue_places.may_be(code, acting) for code, _label in area_choices)
    area_field = {
        "name": "area",
        "zh": "是哪里",
        "en": "Which of these places",
        "kind": "radio",
        "choices": area_choices,
    }
    hidden = [
        (name, value)
        for name, value in values.items()
        if value and name not in shown and name != "hazards" and not (several and name == "area")
    ]
    hidden += [("hazards", code) for code in values["hazards"]]
    hidden += [("draft", token) for token in photos]
    context = {
        "judged": clue_answers.judged_words(judged, on),
        "asks": asks,
        "values": {**values, "area": values["area"] or place.area},
        "hidden": hidden,
        "place": words.place(place.area),
        "how": place.how,
        "doubt": place.doubt,
        "area_fields": [area_field] if several else [],
        "alike": [
            {
                "row": one,
                "reasons": [words.Bilingual(reason.zh, reason.en).said for reason in one.reasons],
                "url": reverse("case", args=[one.case_id]),
            }
            for one in seen
        ],
        "alike_elsewhere": len(near) - len(seen),
        "photos": len(photos),
    }
    return render(request, "desk/clue_look.html", context, status=status)


def _send(request: Any, values: Mapping[str, Any], discovery: Discovery, photos: list[str]) -> HttpResponse:
    files = [data for token in photos if (data := drafts.staged(token)) is not None]
    if request.acting.role is Role.MARKET_MANAGER:
        reported = markets.report_from_market(
            values["stall"],
            discovery.situation,
            values["words"],
            sign=values["sign"],
            client_key=values["client_key"],
            acting=request.acting,
            moment=request.moment,
            photos=files,
        )
    else:
        reported = report_clue(discovery, acting=request.acting, moment=request.moment, photos=files)
    return _done(request, reported.case_id)


def _join(
    request: Any, case_id: int, values: Mapping[str, Any], discovery: Discovery, photos: list[str]
) -> HttpResponse:
    """Add what was seen to a clue that is open already, instead of a second one."""
    acting, moment = request.acting, request.moment
    standing = flow.case_for(acting, case_id, moment=moment)
    said = [_("再次发现"), discovery.sign, discovery.address, discovery.words]
    transition(
        case_id,
        "note",
        acting=acting,
        moment=moment,
        form={"words": "；".join(part for part in said if part)[:1000]},
        facts={"hazards": list(discovery.situation.hazards)} if discovery.situation.hazards else {},
        client_key=values["client_key"] or None,
    )
    for token in photos:
        if (data := drafts.staged(token)) is not None:
            keep_photo(case_id, data, purpose="found", acting=acting, moment=moment)
    grade = judging.judge(discovery.situation, moment.today).grade
    allowed = {one.edge.action for one in flow.acts_for(acting, standing, moment=moment)}
    if grade.bypass and "alarm" in allowed and not Clue.objects.filter(pk=case_id, serious=True).exists():
        zh = "；".join(reason.zh for reason in grade.reasons)
        transition(case_id, "alarm", acting=acting, moment=moment, form={"words": zh})
    messages.success(request, _("已补充到原有线索。"))
    clue = queries.clue(case_id)
    return HttpResponseRedirect(reverse("case", args=[case_id]) if clue else reverse("home"))


def _done(request: Any, case_id: int) -> HttpResponse:
    with elevated():
        clue = Clue.objects.get(pk=case_id)
    number = number_of(case_id, clue.found_on.year)
    messages.success(
        request,
        _("已上报，编号 %(number)s，三级指挥中心已同时收到。") % {"number": number}
        if clue.serious
        else _("已上报，编号 %(number)s。") % {"number": number},
    )
    if request.acting.role is Role.MARKET_MANAGER:
        return HttpResponseRedirect(reverse("clue_market"))
    # What lies elsewhere, or with nobody's department yet, has no page for who reported it.
    seen = queries.clue(case_id) is not None
    return HttpResponseRedirect(reverse("case", args=[case_id]) if seen else reverse("home"))


def _page(
    request: Any,
    values: Mapping[str, Any],
    errors: dict[str, str],
    *,
    photos: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    on = request.moment.today
    market = request.acting.role is Role.MARKET_MANAGER
    trade, other = clue_answers.trade_fields(on)
    place = (_STALL,) if market else (_ADDRESS, clue_places.area_field(request.acting))
    fields = {
        "trade": (trade,),
        "other": (other,),
        "sign": (_SIGN,),
        "place": place,
        "hazards": (clue_answers.hazard_field(on),),
        "more": (_WORDS,) if market else (_WORDS, _PERSON, _PHONE),
        "photo": (_PHOTO,),
    }
    context = {
        "fields": fields,
        "all_fields": [field for some in fields.values() for field in some],
        "values": values,
        "errors": errors,
        "market": market,
        "photos": photos or [],
        "client_key": values.get("client_key") or uuid.uuid4().hex,
        "answers": [
            (name, value) for name, value in values.items() if name.startswith(clue_answers.PREFIX) and value
        ],
    }
    return render(request, "desk/clue_report.html", context, status=status)


_SIGN = {
    "name": "sign",
    "zh": "招牌上的字",
    "en": "What the sign says",
    "required": False,
    "max_length": 80,
    "hint_zh": "没有招牌可不填。",
    "hint_en": "Leave empty if there is no sign.",
}
_ADDRESS = {
    "name": "address",
    "zh": "地址",
    "en": "Address",
    "required": False,
    "max_length": 300,
    "hint_zh": "如：试风路18号旁。",
    "hint_en": "Such as: beside No. 18 on the road.",
}
_STALL = {"name": "stall", "zh": "摊位或铺位", "en": "Stall or shop number", "max_length": 80}
_WORDS = {
    "name": "words",
    "zh": "一句话描述",
    "en": "In a few words",
    "kind": "textarea",
    "rows": 2,
    "required": False,
    "max_length": 500,
}
_PERSON = {
    "name": "person",
    "zh": "经营者姓名（知道才填）",
    "en": "Who trades there (if known)",
    "required": False,
    "max_length": 40,
    "autocomplete": "off",
}
_PHONE = {
    "name": "phone",
    "zh": "经营者电话（知道才填）",
    "en": "Their telephone (if known)",
    "required": False,
    "max_length": 20,
    "autocomplete": "off",
}
_PHOTO = {
    "name": "photo",
    "zh": "照片（可不拍）",
    "en": "Photo (if you like)",
    "kind": "file",
    "required": False,
    "accept": "image/*",
    "capture": "environment",
    "multiple": True,
    "hint_zh": "位置、时间等附带信息会自动去除。",
    "hint_en": "Position, time and whatever else it carries is taken off.",
}
