"""Who can sign in to an invented city: shown on its sign-in page, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gongzhi.desk import words
from gongzhi.org.models import Post
from gongzhi.org.roles import Role

_MOST = 16


@dataclass(frozen=True, slots=True)
class Account:
    """One invented person whose password is printed when the demo starts."""

    username: str
    role: str
    unit: str


def listed(today: date) -> list[Account]:
    """The accounts of an invented city, one for each kind of work; empty in a real one."""
    city = words.city()
    if city is None or not city.invented:
        return []
    posts = (
        Post.objects.filter(person__username__startswith=words.DEMO_PREFIX, valid_from__lte=today)
        .select_related("person", "department")
        .order_by("id")
    )
    return [
        Account(post.person.username, words.role(Role(post.role)), words.unit(post)) for post in posts[:24]
    ]
