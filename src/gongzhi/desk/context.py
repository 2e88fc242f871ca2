"""What every page of the desk knows: who I am, where I can go, whether the data is invented."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongzhi.desk import words
from gongzhi.desk.clue_nav import clue_nav
from gongzhi.desk.views import lists, people
from gongzhi.desk.views.files import may_hand_in
from gongzhi.desk.views.touched import may_decide
from gongzhi.org.access import posts_of
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.rulebooks import graph as rulebooks_graph
from gongzhi.visits import silence

_UNDIVIDED = 7
"""Entries that a menu may have without headings."""
_REVIEWERS = {Role.REGISTRAR, Role.TOWN_OFFICE, Role.CITY_OFFICE}


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; empty but for the city when nobody is signed in."""
    city = words.city()
    common = {"city_name": city.said if city else "", "invented": bool(city and city.invented)}
    acting = getattr(request, "acting", None)
    if acting is None:
        return common
    post = request.post_held
    return {
        **common,
        "acting": acting,
        "nav": _nav(request, acting),
        "post": {"name": post.person.name, "role": words.role(acting.role), "unit": words.unit(post)},
        "posts": [
            {
                "id": held.pk,
                "role": words.role(Role(held.role)),
                "unit": words.unit(held),
                "current": held.pk == post.pk,
            }
            for held in posts_of(post.person_id, request.moment.today)
        ],
        "switch_post_url": reverse("switch_post"),
        "sign_out_url": reverse("sign_out"),
    }


def _nav(request: HttpRequest, acting: Acting) -> list[dict[str, Any]]:
    """The menu: a long one is divided by what its pages are for."""
    groups = [(words, places) for words, places in _places(acting) if places]
    long = sum(len(places) for _words, places in groups) > _UNDIVIDED
    items: list[dict[str, Any]] = []
    for words_of_group, places in groups:
        if long and items:
            items.append({"group": words_of_group})
        items += [
            {
                "label": label,
                "url": reverse(name),
                "icon": icon,
                "current": request.resolver_match.view_name == name,
            }
            for name, label, icon in places
        ]
    return items


def _places(acting: Acting) -> list[tuple[Any, list[tuple[str, Any, str]]]]:
    """Where a post can go, by what it does there: name of the address, words, icon."""
    role = acting.role
    work: list[tuple[str, Any, str]] = [("home", _("首页"), "home"), ("cases", _("待办"), "inbox")]
    if role in _REVIEWERS:
        work += [("review_addresses", _("地址核定"), "pin"), ("review_scopes", _("范围确认"), "scope")]
    if role is Role.REGISTRAR:
        work.append(("register", _("登记录入"), "book"))
        if may_hand_in(acting):
            work.append(("files", _("文件导入"), "download"))
    if may_decide(acting):
        work.append(("touched", _("规则更正"), "return"))
    look_up: list[tuple[str, Any, str]] = [("places", _("地址查询"), "search")]
    if role is not Role.MARKET_MANAGER:
        look_up.insert(0, ("businesses", _("市场主体"), "shop"))
    keep = _from_data(role)
    if people.may_see(acting):
        keep.append(("people", _("人员与负荷"), "people"))
    if role in _REVIEWERS:
        keep.append(("learnt", _("学到的地址"), "pin"))
    if role is Role.CITY_OFFICE:
        keep.append(("redraws", _("网格调整"), "globe"))
    if role in rulebooks_graph.READERS:
        keep.append(("rulebooks", _("判定规则"), "book"))
    return [
        (_("办理"), work),
        (_("线索"), clue_nav(role, acting.area)),
        (_("查找"), look_up),
        (_("管理"), keep),
    ]


def _from_data(role: Role) -> list[tuple[str, Any, str]]:
    """Lists of what other data say, for whoever has them, and what data propose, for whoever decides it."""
    places = [("lists", _("数据名单"), "inbox")] if role in lists.HANDERS else []
    return [*places, ("silent", _("疑似死火"), "shop")] if role in silence.DECIDERS else places
