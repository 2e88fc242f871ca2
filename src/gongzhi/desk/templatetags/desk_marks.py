"""Small marks: status tag, deadline lamp, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.template import Library
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime
from django.utils.translation import gettext, ngettext

from gongzhi.desk.machine_words import spoken

from .desk_frame import icon
from .desk_words import TONE_ICONS, said

register = Library()

# One shape each, so that the lamp can be read without its colour (WCAG 1.4.1).
LAMP_SHAPES = {
    "green": '<circle cx="10" cy="10" r="9" fill="currentColor"/><path d="M6 10.3l2.8 2.8 5-5.5"/>',
    "yellow": '<path d="M10 1.5L19.3 18H.7z" fill="currentColor" stroke="none"/><path d="M10 7.5v4.5M10 15v.1"/>',
    "red": '<path d="M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2z" fill="currentColor" stroke="none"/>'
    '<path d="M10 5.5v5.5M10 14.3v.1"/>',
    "paused": '<rect x="1" y="1" width="18" height="18" rx="4" fill="currentColor" stroke="none"/>'
    '<path d="M7.5 6.5v7M12.5 6.5v7"/>',
    "done": '<circle cx="10" cy="10" r="8.5" fill="none" stroke="currentColor"/>'
    '<path d="M6 10.3l2.8 2.8 5-5.5" stroke="currentColor"/>',
}


@register.simple_tag
def status(text: str, tone: str = "neutral") -> SafeString:
    """Status tag; tone: neutral, info, good, warn, bad, rest, accent. The shape says what the colour says."""
    return format_html('<span class="tag tone-{}">{}{}</span>', tone, icon(TONE_ICONS[tone]), said(text))


@register.simple_tag
def provisional_mark() -> SafeString:
    """Mark of a due date that lies past the last published holiday calendar."""
    return format_html(
        '<span class="provisional" title="{}">{}</span>',
        gettext("当年放假安排尚未公布，公布后重新计算"),
        gettext("暂定"),
    )


def days_words(days: int, *, unit: str = "working") -> str:
    """Days as words: left when positive, over when negative. unit: working or calendar."""
    n = abs(days)
    if days == 0:
        return gettext("今天到期")
    if unit == "working":
        left = ngettext("还剩 %(n)s 个工作日", "还剩 %(n)s 个工作日", n)
        over = ngettext("已超期 %(n)s 个工作日", "已超期 %(n)s 个工作日", n)
    else:
        left = ngettext("还剩 %(n)s 天", "还剩 %(n)s 天", n)
        over = ngettext("已超期 %(n)s 天", "已超期 %(n)s 天", n)
    return (left if days > 0 else over) % {"n": n}


@register.simple_tag
def lamp(
    level: str,
    due: dt.date | None = None,
    days_left: int | None = None,
    unit: str = "working",
    provisional: bool = False,
    reason: str = "",
) -> SafeString:
    """Deadline lamp: shape, words, due date.

    level: green, yellow, red, paused or done, decided by the process (what is "soon" is a dated parameter, not a matter
    of looks). days_left counts in `unit` (working or calendar), negative when late. reason: why the clock is paused.
    """
    if level == "paused":
        words = gettext("计时已暂停")
    elif level == "done":
        words = gettext("已办结")
    elif days_left is not None:
        words = days_words(days_left, unit=unit)
    else:
        words = {"green": gettext("按期"), "yellow": gettext("临近期限"), "red": gettext("已超期")}[level]
    why = format_html('<span class="lamp-due">{}</span>', said(reason)) if reason else ""
    until = ""
    if due and level != "done":
        mark = format_html(" {}", provisional_mark()) if provisional else ""
        until = format_html('<span class="lamp-due">{} {}{}</span>', gettext("期限"), day(due), mark)
    return format_html(_LAMP, level, SafeString(LAMP_SHAPES[level]), words, why, until)


_LAMP = (
    '<span class="lamp lamp-{}"><svg class="lamp-shape" viewBox="0 0 20 20" aria-hidden="true" fill="none"'
    ' stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{}</svg>'
    '<span><span class="lamp-words">{}</span>{}{}</span></span>'
)


@register.simple_tag
def day(value: dt.date | None, weekday: bool = False) -> SafeString | str:
    """A date as `2026-09-21` in a `<time>`: one order in both languages, one width in a column."""
    if value is None:
        return "—"
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    name = f" {_weekday(value)}" if weekday else ""
    return format_html('<time datetime="{}">{}{}</time>', value.isoformat(), value.isoformat(), name)


@register.filter
def figures(value: Any) -> Any:
    """A count with thousands set apart, `18,596`, in both languages; what is no whole number stays as it is."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


@register.filter
def sentence(value: Any) -> str:
    """What the machine wrote, in the reader's language; what a person wrote as it is."""
    return spoken(str(value or ""))


@register.simple_tag
def moment(value: dt.datetime | None) -> SafeString | str:
    """A moment as `2026-09-21 09:05` in the city's time zone."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), f"{local:%Y-%m-%d %H:%M}"
    )


@register.simple_tag
def shown(value: Any, kind: str = "text") -> SafeString | str:
    """One value by its kind: the cells of tables and the facts of panels.

    kind: text, link, place, code, number, day, moment, lamp (a dict of `lamp`'s arguments), status ((text, tone)).
    """
    if value is None or value == "":
        return _NOTHING
    made = _BY_KIND.get(kind)
    return made(value) if made else conditional_escape(localize(template_localtime(value)))


_NOTHING = SafeString('<span class="soft">—</span>')
_BY_KIND: dict[str, Callable[[Any], Any]] = {
    "lamp": lambda value: lamp(**value),
    "status": lambda value: status(*value),
    "day": day,
    "moment": moment,
    "number": lambda value: conditional_escape(localize(figures(value))),
    "code": lambda value: format_html('<span class="code">{}</span>', value),
}


def _weekday(value: dt.date) -> str:
    names = (
        gettext("周一"),
        gettext("周二"),
        gettext("周三"),
        gettext("周四"),
        gettext("周五"),
        gettext("周六"),
        gettext("周日"),
    )
    return names[value.weekday()]
