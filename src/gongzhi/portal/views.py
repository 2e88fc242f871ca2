"""Two pages for everybody: report what was seen, and ask by code how it stands. Neither shows a clue."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gongzhi.catalog.queries import installed
from gongzhi.clues import drafts, judging
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.photos import PhotoRefusedError
from gongzhi.clues.reports import follow_report, receive_report
from gongzhi.clues.rules import Matched, Situation, Where
from gongzhi.places.queries import grid_map, placer
from gongzhi.portal.actions import note_use, too_often
from gongzhi.rulebooks.queries import book_on
from gongzhi.scopes import match_many

MOST_PHOTOS = 3
_LONGEST = {"place": 300, "sign": 80, "words": 1000, "name": 40, "phone": 20, "lon": 20, "lat": 20}
_KEY_LENGTH = 40


@never_cache
@sensitive_post_parameters("name", "phone", "words")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Any) -> HttpResponse:
    """The form; sent, a code by which only the reporter can ask what became of it."""
    if request.method != "POST":
        return _form(request, {"client_key": secrets.token_hex(_KEY_LENGTH // 2)}, {}, [])
    values = {name: request.POST.get(name, "").strip()[:most] for name, most in _LONGEST.items()}
    values["client_key"] = _client_key(request.POST.get("client_key", ""))
    values["hazards"] = request.POST.getlist("hazards")[:30]
    photos, errors = _photos(request)
    if not values["words"]:
        errors["words"] = _("请写一句看到了什么。")
    if not values["place"] and not values["lon"]:
        errors["place"] = _("请写地点，或用手机定位。")
    if request.POST.get("website"):
        # A field that no person sees; what fills it in is a program.
        errors[""] = _("没有提交成功，请再试一次。")
    if errors:
        return _form(request, values, errors, photos, status=422)
    now, address = request.moment.at, request.META.get("REMOTE_ADDR", "")
    if too_often("report", address, now=now):
        errors[""] = _("提交过于频繁，请 15 分钟后再试。紧急危险请直接拨打 110、119 或 12345。")
        return _form(request, values, errors, photos, status=429)
    try:
        received = receive_report(
            _discovery(request, values),
            name=values["name"],
            phone=values["phone"],
            photos=[data for token in photos if (data := drafts.staged(token)) is not None],
            moment=request.moment,
            client_key=values["client_key"],
        )
    except PhotoRefusedError as error:
        return _form(request, values, {"photo": _(str(error))}, [], status=422)
    note_use("report", address, now=now)
    context = {"code": received.code, "named": bool(values["name"] or values["phone"]), **_frame()}
    return render(request, "portal/received.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: Any) -> HttpResponse:
    """How a report stands, in plain words: nothing of the operator, of who handles it, or of other reports.

    A code is sent in the body, so that it stands in no address and no log. Unknown and misspelt codes are answered
    alike.
    """
    context: dict[str, Any] = {"fields": (_CODE,), "values": {}, "errors": {}, **_frame()}
    if request.method != "POST":
        return render(request, "portal/track.html", context)
    now, address = request.moment.at, request.META.get("REMOTE_ADDR", "")
    code = request.POST.get("code", "").strip()[:40]
    context["values"] = {"code": code}
    if too_often("track", address, now=now):
        context["errors"] = {"": _("查询过于频繁，请 15 分钟后再试。")}
        return render(request, "portal/track.html", context, status=429)
    followed = follow_report(code)
    if followed is None:
        note_use("track", address, now=now)
        context["errors"] = {"code": _("没有查到，请核对查询码。")}
        return render(request, "portal/track.html", context, status=404)
    context |= {"followed": followed, "stage": _said(followed.zh, followed.en), "values": {}}
    return render(request, "portal/track.html", context)


for _view in (report, track):
    _view.is_public = True


def _discovery(request: Any, values: dict[str, Any]) -> Discovery:
    moment = request.moment
    city = installed().city_code4
    lon, lat = _point(values)
    grid = grid_map(moment.today).locate([lon], [lat])[0] if lon is not None else None
    placed = placer(moment.today).place(values["place"]) if values["place"] else None
    area = grid or (placed.area if placed else "") or city
    (match,) = match_many([values["words"]], book_on(moment.today))
    known = judging.tables().day(moment.today).hazards
    return Discovery(
        source="public",
        area=area,
        found_on=moment.today,
        situation=Situation(
            matched=tuple(Matched(hit.code, sure=False) for hit in match.permits),
            where=Where(area=area, lon=lon, lat=lat, at=moment.at),
            hazards=tuple(code for code in values["hazards"] if code in known),
        ),
        address=values["place"],
        door_key=placed.door_key if placed else "",
        sign=values["sign"],
        words=values["words"],
    )


def _point(values: dict[str, Any]) -> tuple[float, float] | tuple[None, None]:
    try:
        lon, lat = float(values["lon"]), float(values["lat"])
    except ValueError:
        return None, None
    return (round(lon, 6), round(lat, 6)) if 73 < lon < 136 and 3 < lat < 54 else (None, None)


def _client_key(given: str) -> str:
    """The form's own number; one that is too short to be nobody else's is drawn anew."""
    plain = "".join(letter for letter in given if letter in "0123456789abcdef")
    return plain if len(plain) == _KEY_LENGTH else secrets.token_hex(_KEY_LENGTH // 2)


def _photos(request: Any) -> tuple[list[str], dict[str, str]]:
    tokens = [one for one in request.POST.getlist("draft")[:MOST_PHOTOS] if drafts.staged(one) is not None]
    for file in request.FILES.getlist("photo")[: MOST_PHOTOS - len(tokens)]:
        try:
            tokens.append(drafts.stage(file.read(), now=request.moment.at))
        except PhotoRefusedError as error:
            return tokens, {"photo": _(str(error))}
    return tokens, {}


def _form(
    request: Any, values: dict[str, Any], errors: dict[str, str], photos: list[str], status: int = 200
) -> HttpResponse:
    hazards = judging.tables().day(request.moment.today).hazards.values()
    hazard_field = {
        "name": "hazards",
        "zh": "有没有这些危险",
        "en": "Any of these dangers",
        "kind": "multi",
        "required": False,
        "choices": [(row.code, _said(row.name_zh, row.name_en)) for row in hazards if row.bypass],
    }
    fields = {
        "place": (_PLACE, _SIGN),
        "seen": (_WORDS, _PHOTO),
        "hazards": (hazard_field,),
        "person": (_NAME, _PHONE),
    }
    context = {
        "fields": fields,
        "all_fields": [field for some in fields.values() for field in some],
        "values": values,
        "errors": errors,
        "photos": photos,
        "client_key": values["client_key"],
        **_frame(),
    }
    return render(request, "portal/report.html", context, status=status)


def _frame() -> dict[str, Any]:
    return {"home_url": reverse("public_report")}


def _said(zh: str, en: str) -> str:
    return zh if (get_language() or "zh").startswith("zh") else en or zh


_PLACE = {
    "name": "place",
    "zh": "在什么地方",
    "en": "Where it is",
    "required": False,
    "max_length": 300,
    "hint_zh": "路名门牌，或附近看得到的地方。",
    "hint_en": "Road and number, or something to be seen nearby.",
}
_SIGN = {
    "name": "sign",
    "zh": "店名或招牌",
    "en": "Name on the sign",
    "required": False,
    "max_length": 80,
}
_WORDS = {
    "name": "words",
    "zh": "看到了什么",
    "en": "What you saw",
    "kind": "textarea",
    "rows": 3,
    "max_length": 1000,
}
_PHOTO = {
    "name": "photo",
    "zh": "照片（最多 3 张）",
    "en": "Photos (up to 3)",
    "kind": "file",
    "required": False,
    "accept": "image/*",
    "multiple": True,
    "hint_zh": "照片里的位置、时间和手机信息会自动去除。",
    "hint_en": "Position, time and the telephone’s details are taken off.",
}
_NAME = {
    "name": "name",
    "zh": "您的姓名",
    "en": "Your name",
    "required": False,
    "max_length": 40,
    "autocomplete": "name",
}
_PHONE = {
    "name": "phone",
    "zh": "您的电话",
    "en": "Your telephone",
    "required": False,
    "max_length": 20,
    "autocomplete": "tel",
}
_CODE = {
    "name": "code",
    "zh": "查询码",
    "en": "Tracking code",
    "max_length": 40,
    "autocomplete": "off",
    "hint_zh": "提交时给您的 12 位字母和数字。",
    "hint_en": "The 12 letters and figures you were given.",
}
