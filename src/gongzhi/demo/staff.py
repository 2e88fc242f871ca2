"""Gives an invented city its people: an officer for every grid, a team for every village, offices and clerks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password

from gongzhi.clues.models import Market
from gongzhi.demo.names import people_names
from gongzhi.desk.words import DEMO_PREFIX
from gongzhi.org.access import acting_for
from gongzhi.org.acting import Acting
from gongzhi.org.models import Division, Grid, Person, Post, Section
from gongzhi.org.roles import LABELS, Role

if TYPE_CHECKING:
    from numpy.random import Generator

_OFFICES = {
    Role.CITY_OFFICE,
    Role.TOWN_OFFICE,
    Role.REGISTRAR,
    Role.VILLAGE,
    Role.OFFICER,
    Role.ADMINISTRATOR,
}
_FOR_CLUES = (Role.COMMAND, Role.MARKET_MANAGER, Role.REPORT_DESK, Role.REPORT_REWARD)
_CITY_DIGITS = 4
_CENTRES = {4: "city", 9: "town"}
"""The three command centres: the village's is the nearest one, these two are beside it."""
_DEPARTMENTS = ("market", "tobacco", "health", "police", "culture", "transport")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts where, to sign an invented history with."""

    officers: dict[str, Acting]
    villages: dict[str, Acting]
    towns: dict[str, Acting]
    registrars: dict[str, Acting]
    clerks: dict[tuple[str, str], Acting]
    offices: dict[str, Acting] = field(default_factory=dict)
    centres: dict[str, Acting] = field(default_factory=dict)

    def officer(self, area: str) -> Acting:
        """The officer of a grid."""
        return self.officers[area]

    def village(self, area: str) -> Acting:
        """The team of the village that an area lies in."""
        return self.villages[area[:12]]

    def town(self, area: str) -> Acting:
        """The coordinating office of the town that an area lies in."""
        return self.towns[area[:9]]

    def registrar(self, area: str) -> Acting:
        """The registrar of the town, or the city's where no town is known."""
        return self.registrars.get(area[:9]) or self.registrars[area[:4]]

    def clerk(self, department: str, area: str) -> Acting:
        """The clerk of a department for a town, or the one at the city's own office."""
        return self.clerks.get((department, area[:9])) or self.clerks[department, area[:4]]

    def clerk_or_elsewhere(self, department: str, area: str) -> Acting:
        """The clerk of a department, or whoever enters the answers of one that works in another system."""
        for place in (area[:9], area[:6], area[:4]):
            if clerk := self.clerks.get((department, place)):
                return clerk
        return Acting(
            post_id=0, role=Role.DEPARTMENT, area=area[:4], department=department, title="其他系统反馈"
        )


def hire(since: date, rng: Generator, *, city: str) -> Staff:
    """Invent everybody. Nobody can sign in yet; `open_accounts` chooses who may."""
    divisions = {d.code: d for d in Division.objects.filter(valid_to__isnull=True)}
    posts: list[tuple[Role, str, str | None, str, str]] = [
        (Role.CITY_OFFICE, city, None, "市市场监管办", "City supervision office"),
        (Role.REGISTRAR, city, None, "市登记注册科", "City registration section"),
        (Role.COMMAND, city, None, "市指挥中心", "City command centre"),
        (Role.REPORT_DESK, city, None, "市举报受理岗", "City report desk"),
        (Role.REPORT_REWARD, city, None, "市举报答复奖励岗", "City report answers and rewards"),
    ]
    posts += [
        (Role.MARKET_MANAGER, market.code, None, f"{market.name}管理方", "Market manager")
        for market in Market.objects.order_by("code")
    ]
    for code, division in divisions.items():
        if division.level == Division.Level.TOWN:
            posts.append((Role.TOWN_OFFICE, code, None, f"{division.name}综合部门", ""))
            posts.append((Role.REGISTRAR, code, None, f"{division.name}登记窗口", ""))
            posts.append((Role.COMMAND, code, None, f"{division.name}指挥中心", ""))
        elif division.level == Division.Level.VILLAGE:
            posts.append((Role.VILLAGE, code, None, f"{division.short_name}联合处置队伍", ""))
            posts.append((Role.COMMAND, code, None, f"{division.short_name}指挥室", ""))
    posts += [
        (Role.OFFICER, grid.code, None, f"{grid.village.short_name}{grid.name}员", "")
        for grid in Grid.objects.filter(valid_to__isnull=True).select_related("village")
    ]
    posts += [
        (Role.DEPARTMENT, section.area, section.department_id, section.name, section.name_en)
        for section in Section.objects.filter(valid_to__isnull=True)
    ]
    posts.append((Role.ADMINISTRATOR, city, None, "市规则管理岗", "City keeper of rules"))
    names = people_names(len(posts), rng)
    nobody = make_password(None)
    people = Person.objects.bulk_create(
        [
            Person(
                username=f"{_letters(role)}-{area}{'-' + department if department else ''}",
                name=name,
                password=nobody,
            )
            for name, (role, area, department, _, _) in zip(names, posts, strict=True)
        ],
        batch_size=2000,
    )
    made = Post.objects.bulk_create(
        [
            Post(
                person=person,
                role=role,
                area=area,
                department_id=department,
                title=title,
                title_en=title_en or LABELS[role][1],
                valid_from=since,
            )
            for person, (role, area, department, title, title_en) in zip(people, posts, strict=True)
        ],
        batch_size=2000,
    )
    return _staff(made)


def open_accounts(grid: str, password: str) -> None:
    """Let one of each kind of work sign in with `password`: those who are nearest to a grid."""
    wanted = {(role, None): role.value.removesuffix("_office") for role in _OFFICES}
    wanted |= {(Role.DEPARTMENT, department): department for department in _DEPARTMENTS}
    wanted |= {(role, None): role.value.replace("_", "-") for role in _FOR_CLUES}
    nearest: dict[str, Post] = {}
    for post in Post.objects.filter(valid_to__isnull=True).select_related("person").order_by("id"):
        label = wanted.get((Role(post.role), post.department_id))
        if label and (grid.startswith(post.area) or post.role == Role.MARKET_MANAGER):
            nearest[label] = max(nearest.get(label, post), post, key=lambda one: len(one.area))
            if post.role == Role.REGISTRAR and len(post.area) == _CITY_DIGITS:
                nearest["city-registrar"] = post
            if post.role == Role.COMMAND and len(post.area) in _CENTRES:
                nearest[f"{_CENTRES[len(post.area)]}-command-centre"] = post
    for label, post in nearest.items():
        post.person.username = DEMO_PREFIX + label
        post.person.password = make_password(password)
        post.person.save(update_fields=["username", "password"])


def _letters(role: Role) -> str:
    return role.value.replace("_", "-")


def _staff(posts: list[Post]) -> Staff:
    staff = Staff({}, {}, {}, {}, {})
    for post in posts:
        acting = acting_for(post)
        if acting.role is Role.OFFICER:
            staff.officers[post.area] = acting
        elif acting.role is Role.VILLAGE:
            staff.villages[post.area] = acting
        elif acting.role is Role.TOWN_OFFICE:
            staff.towns[post.area] = acting
        elif acting.role is Role.REGISTRAR:
            staff.registrars[post.area] = acting
        elif acting.role is Role.CITY_OFFICE:
            staff.offices[post.area] = acting
        elif acting.role is Role.COMMAND:
            staff.centres[post.area] = acting
        elif acting.role is Role.DEPARTMENT and post.department_id:
            staff.clerks[post.department_id, post.area] = acting
    return staff


def existing() -> Staff:
    """The staff of a city that already has one."""
    return _staff(list(Post.objects.filter(valid_to__isnull=True).select_related("person")))
