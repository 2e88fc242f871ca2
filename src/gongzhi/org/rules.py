"""Who may say that somebody is away, for which days, and who may stand in. Pure decisions.

That somebody is away is said so that their grid is not left alone; it counts for nothing against anybody, and no
reason of a private kind is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

CITY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS = 4, 9, 12
MOST_DAYS = 366
"""An absence of more than a year is the end of a post, not leave from it; nor is one said a year ahead."""


class Kind(StrEnum):
    """What an absence is, as far as anybody needs to know."""

    LEAVE = "leave"
    TRAINING = "training"
    SECONDMENT = "secondment"


class Refusal(StrEnum):
    """Why what somebody said about an absence can't stand."""

    OUT_OF_ORDER = "out_of_order"
    PAST = "past"
    TOO_LONG = "too_long"
    TOO_FAR = "too_far"
    NOT_HELD = "not_held"
    OVERLAPS = "overlaps"
    STANDS_IN = "stands_in"
    SAME_PERSON = "same_person"
    NOT_NEAR = "not_near"
    SUBSTITUTE_NOT_HELD = "substitute_not_held"
    SUBSTITUTE_AWAY = "substitute_away"
    NAMED_ALREADY = "named_already"
    OVER = "over"
    ENDED_ALREADY = "ended_already"
    NOT_WITHIN = "not_within"


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `first` until the day before `until`; none when the two are the same."""

    first: date
    until: date

    def overlap(self, other: Days) -> bool:
        """Whether the two have a day in common."""
        return max(self.first, other.first) < min(self.until, other.until)

    def within(self, valid_from: date, valid_to: date | None) -> bool:
        """Whether a post with these dates is held on all of the days."""
        return valid_from <= self.first and (valid_to is None or self.until <= valid_to)


def days(first: date, last: date, ended_on: date | None = None) -> Days:
    """The days somebody is away: from `first` to `last`, or until the day before they came back, `ended_on`."""
    return Days(first, last + timedelta(days=1) if ended_on is None else ended_on)


def wrong_days(first: date, last: date, today: date) -> Refusal | None:
    """What is wrong with the days of an absence that is said today; None when nothing is."""
    if last < first:
        return Refusal.OUT_OF_ORDER
    if last < today:
        return Refusal.PAST
    if (last - first).days >= MOST_DAYS:
        return Refusal.TOO_LONG
    if (first - today).days > MOST_DAYS:
        return Refusal.TOO_FAR
    return None


def wrong_return(away: Days, back_on: date, today: date) -> Refusal | None:
    """What is wrong with coming back early on a day: it lies behind us, or outside the absence."""
    return None if max(away.first, today) <= back_on < away.until else Refusal.NOT_WITHIN


_SAID_BY: dict[Role, frozenset[Role]] = {
    Role.VILLAGE: frozenset({Role.OFFICER}),
    Role.TOWN_OFFICE: frozenset({Role.OFFICER, Role.VILLAGE, Role.TOWN_OFFICE, Role.COMMAND}),
    Role.CITY_OFFICE: frozenset(
        {Role.OFFICER, Role.VILLAGE, Role.TOWN_OFFICE, Role.COMMAND, Role.CITY_OFFICE, Role.REGISTRAR}
    ),
}


def looks_after(acting: Acting, role: Role, area: str, department: str | None) -> bool:
    """Whether a post may say that somebody in this role, area and department is away, and who stands in."""
    if not area.startswith(acting.area):
        return False
    if acting.role is Role.DEPARTMENT:
        # Its office at city level speaks for its sections in the towns.
        return (
            role is Role.DEPARTMENT
            and len(acting.area) == CITY_DIGITS
            and acting.department is not None
            and department == acting.department
        )
    return role in _SAID_BY.get(acting.role, frozenset())


def near(acting: Acting, role: Role, area: str) -> str:
    """The area in which whoever stands in for a post has to hold one: a village, a town, else the city.

    A village team finds somebody in its village; the offices above it may also ask a neighbouring village.
    """
    wide = {
        Role.OFFICER: TOWN_DIGITS,
        Role.VILLAGE: TOWN_DIGITS,
        Role.TOWN_OFFICE: TOWN_DIGITS,
        Role.COMMAND: TOWN_DIGITS,
    }.get(role, CITY_DIGITS)
    return area[: max(wide, len(acting.area))]
