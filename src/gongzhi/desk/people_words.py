"""How absences are said: days, kinds, why something can't stand, and what is shown where nobody is at work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gongzhi.desk import words
from gongzhi.flow.moment import Moment
from gongzhi.org import presence
from gongzhi.org.models import Absence, Post
from gongzhi.org.rules import Kind, Refusal, days

_NAMED = 5
"""Grids that a notice names; the rest is a number."""


def kinds() -> list[tuple[str, str]]:
    """The kinds of absence as a form offers them."""
    return [
        (Kind.LEAVE, _("请假")),
        (Kind.TRAINING, _("培训")),
        (Kind.SECONDMENT, _("借调")),
    ]


def span(absence: Absence) -> str:
    """The days of an absence as they came to be."""
    away = days(absence.first_day, absence.last_day, absence.ended_on)
    if away.first >= away.until:
        return _("%(first)s 至 %(last)s（已取消）") % {
            "first": absence.first_day.isoformat(),
            "last": absence.last_day.isoformat(),
        }
    last = away.until - timedelta(days=1)
    return _("%(first)s 至 %(last)s") % {"first": away.first.isoformat(), "last": last.isoformat()}


def standing(absence: Absence | None, today: date) -> tuple[str, str]:
    """Whether somebody is at work, as a status."""
    if absence is None:
        return _("在岗"), "good"
    if absence.first_day > today:
        return _("在岗，%(days)s不在岗") % {"days": span(absence)}, "info"
    return _("不在岗，%(days)s") % {"days": span(absence)}, "rest"


def person(post: Post) -> str:
    """Somebody with where they work, as a list of people to choose from says it."""
    return _("%(name)s（%(unit)s）") % {"name": post.person.name, "unit": words.unit(post)}


def refused(refusal: Refusal, about: str) -> tuple[str, str]:
    """The field that is in the way, and why."""
    said = {
        Refusal.OUT_OF_ORDER: ("last", _("最后一天早于第一天，请核对。")),
        Refusal.PAST: ("last", _("这几天已经过去，不用登记。")),
        Refusal.TOO_LONG: ("last", _("最多一年；更长的请办理岗位变动。")),
        Refusal.TOO_FAR: ("first", _("一年以后的，到时再登记。")),
        Refusal.NOT_HELD: ("first", _("这几天此人并不一直在这个岗位上，请核对日期。")),
        Refusal.OVERLAPS: ("first", _("与已登记的 %(about)s 重叠，请核对日期。")),
        Refusal.STANDS_IN: (
            "first",
            _("这几天此人正为“%(about)s”顶岗：请先把那一次提前结束，再另行登记并指定他人。"),
        ),
        Refusal.SAME_PERSON: ("substitute", _("不能由本人顶岗。")),
        Refusal.NOT_NEAR: ("substitute", _("请选择附近同一工作的人员。")),
        Refusal.SUBSTITUTE_NOT_HELD: ("substitute", _("%(about)s 这几天并不一直在岗位上，请另选。")),
        Refusal.SUBSTITUTE_AWAY: ("substitute", _("%(about)s 这几天也不在岗，请另选。")),
        Refusal.NAMED_ALREADY: ("substitute", _("刚由%(about)s指定了顶岗人员，您的操作没有写入。")),
        Refusal.OVER: ("substitute", _("这次不在岗已经结束，不用再指定。")),
        Refusal.ENDED_ALREADY: ("back_on", _("已由%(about)s登记提前返岗，您的操作没有写入。")),
        Refusal.NOT_WITHIN: ("back_on", _("返岗日应在今天以后、登记的日期之内。")),
    }
    field, message = said[refusal]
    return field, message % {"about": about}


def coming_days(moment: Moment) -> list[date]:
    """The working days from today on within which a new visit has to be made."""
    until = moment.calendar.due(moment.today, moment.limit("visit.first")).date
    span_of = (until - moment.today).days
    every = (moment.today + timedelta(days=n) for n in range(span_of + 1))
    return [day for day in every if moment.calendar.is_working(day)]


def uncovered(area: str, moment: Moment) -> dict[str, Any] | None:
    """What a page says of the grids in which nobody is at work on some coming day; None when there are none."""
    coming = coming_days(moment)
    # First where somebody is away for some days and can be stood in for; a post that nobody holds takes longer to fill.
    found = sorted(presence.uncovered(area, coming), key=lambda one: (not one.manned, one.grid))
    if not found:
        return None
    return {
        "count": len(found),
        "days": len(coming),
        "lines": [_uncovered_line(one, coming) for one in found[:_NAMED]],
        "more": max(0, len(found) - _NAMED),
        "url": reverse("people"),
    }


def _uncovered_line(one: presence.Uncovered, coming: Sequence[date]) -> dict[str, str]:
    place = words.place(one.grid)
    if not one.manned:
        said = _("没有网格员")
    elif len(one.days) == len(coming):
        said = _("一直无人在岗")
    elif len(one.days) == 1:
        said = _("%(day)s 无人在岗") % {"day": one.days[0].isoformat()}
    else:
        said = _("%(first)s 至 %(last)s 有 %(n)s 天无人在岗") % {
            "first": one.days[0].isoformat(),
            "last": one.days[-1].isoformat(),
            "n": len(one.days),
        }
    return {
        "place": place,
        "said": said,
        "url": f"{reverse('people')}?{urlencode({'area': one.grid[:12]})}",
    }


def who_does_it(area: str, moment: Moment) -> str:
    """What a visit's page says when somebody of its grid is away today; empty when nobody is."""
    away = presence.away_in(area, moment.today)
    if not away:
        return ""
    names = _("、").join(one.post.person.name for one in away)
    substitutes = _("、").join(one.substitute.person.name for one in away if one.substitute is not None)
    if substitutes:
        return _("%(names)s 今天不在岗，由同网格其他人员或顶岗人员办理（顶岗：%(substitutes)s）。") % {
            "names": names,
            "substitutes": substitutes,
        }
    if presence.present_in([area], moment.today)[area]:
        return _("%(names)s 今天不在岗，由同网格其他人员或顶岗人员办理。") % {"names": names}
    return _("%(names)s 今天不在岗，本网格无人在岗；请村（社区）指定顶岗人员。") % {"names": names}
