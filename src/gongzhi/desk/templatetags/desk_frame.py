"""Frame of a page: assets, icons, headings, panels, dialogs, states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template import Library
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from gongzhi.desk.assets import built_url

from .desk_words import ICONS, TONE_ICONS, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.template import Context

register = Library()


@register.simple_tag
def built_address(name: str) -> str:
    """Address of a built asset: "look", "desk", or a picture by its file name."""
    return built_url(name)


@register.simple_tag
def built_style(name: str = "look") -> SafeString:
    """`<link>` of a built style sheet."""
    return format_html('<link rel="stylesheet" href="{}">', built_url(name))


@register.simple_tag
def built_script(name: str = "desk") -> SafeString:
    """`<script>` of a built module; modules wait for the page by themselves."""
    return format_html('<script type="module" src="{}"></script>', built_url(name))


@register.simple_tag(takes_context=True)
def type_size(context: Context) -> str:
    """`large` when this browser's cookie `gongzhi_size` says so, else `normal`."""
    request = context.get("request")
    chosen = request.COOKIES.get("gongzhi_size") if request is not None else None
    return "large" if chosen == "large" else "normal"


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon as inline SVG; without a label it is hidden from screen readers (words must stand beside it).

    Raises KeyError for a name that is not in ICONS.
    """
    drawing = mark_safe(ICONS[name])  # noqa: S308 - the drawings are ours, in this package
    if label:
        return format_html(
            '<svg class="icon {}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
            css,
            label,
            drawing,
        )
    return format_html('<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', css, drawing)


@register.inclusion_tag("components/nav.html")
def side_nav(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Side menu. An item: {"label", "url", "icon"?, "current"?, "count"?, "late"?} or {"group": heading}."""
    return {"items": items}


@register.inclusion_tag("components/trail.html")
def trail(steps: Sequence[tuple[str, str | None]]) -> dict[str, Any]:
    """Breadcrumb: (label, url) pairs, the last of them the page itself (its url is not used)."""
    return {"steps": steps}


@register.inclusion_tag("components/post_switcher.html", takes_context=True)
def post_switcher(
    context: Context,
    post: dict[str, Any],
    posts: Sequence[dict[str, Any]] = (),
    switch_url: str = "",
    sign_out_url: str = "",
) -> dict[str, Any]:
    """Who am I, and as whom do I act.

    post: {"name", "role", "unit"}; posts: [{"id", "role", "unit", "current"}]; switching is a POST of `post=ID`.
    """
    return {
        "post": post,
        "posts": posts if len(posts) > 1 else (),
        "switch_url": switch_url,
        "sign_out_url": sign_out_url,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/demo_ribbon.html")
def demo_ribbon() -> dict[str, Any]:
    """Strip that says the data is invented; it prints as well."""
    return {}


@register.filter(name="said")
def said_filter(thing: Any) -> str:
    """A state, edge, field or choice of a graph in the reader's language: `{{ state|said }}`."""
    return said(thing)


@register.simple_block_tag
def heading(content: str, title: str, note: str = "", marks: str = "") -> SafeString:
    """Page heading; the block holds its buttons: `{% heading "待办" %}<a class="btn …">…</a>{% endheading %}`."""
    side = format_html('<div class="actions">{}</div>', content) if content.strip() else ""
    below = format_html('<p class="heading-note">{}</p>', note) if note else ""
    tags = format_html('<div class="heading-marks">{}</div>', marks) if marks else ""
    return format_html(
        '<header class="heading"><div><h1>{}</h1>{}{}</div>{}</header>', said(title), below, tags, side
    )


@register.simple_block_tag
def panel(content: str, title: str = "", id: str = "") -> SafeString:  # noqa: A002 - it is the element's id
    """White card with an optional heading: `{% panel "办理信息" %}…{% endpanel %}`."""
    head = format_html("<h2>{}</h2>", said(title)) if title else ""
    where = format_html(' id="{}"', id) if id else ""
    return format_html('<section class="panel"{}>{}{}</section>', where, head, content)


@register.simple_block_tag
def notice(content: str, tone: str = "info") -> SafeString:
    """A message within the page; tone: info, good, warn, bad, rest."""
    return format_html(
        '<div class="notice tone-{}">{}<div class="notice-body">{}</div></div>',
        tone,
        icon(TONE_ICONS[tone]),
        content,
    )


@register.simple_block_tag
def action_bar(content: str, label: str) -> SafeString:
    """Buttons of a page; on a phone they stay at the bottom, within reach of the thumb."""
    return format_html('<div class="action-bar" role="group" aria-label="{}">{}</div>', said(label), content)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, opened: bool = False) -> SafeString:  # noqa: A002
    """Native dialog, opened by any `<button type="button" data-dialog-open="ID">`.

    `opened=True` opens it with the page, for a form in it that came back with errors.
    """
    head = render_to_string("components/dialog_head.html", {"title": said(title), "dialog_id": id})
    return format_html(
        '<dialog class="dialog" id="{}" aria-labelledby="{}-title"{}>{}<div class="dialog-body">{}</div></dialog>',
        id,
        id,
        mark_safe(" data-dialog-opened") if opened else "",
        head,
        content,
    )


@register.inclusion_tag("components/state.html")
def state(
    kind: str,
    title: str = "",
    text: str = "",
    url: str = "",
    label: str = "",
    level: int = 2,
) -> dict[str, Any]:
    """A place with nothing to list, and why.

    kind: empty, error, denied, offline or done; each has words of its own where title and text are not given.
    level: of its heading, 1 where it is all there is on the page.
    """
    icons = {"empty": "inbox", "error": "warning", "denied": "lock", "offline": "offline", "done": "check"}
    return {
        "kind": kind,
        "icon_name": icons[kind],
        "title": said(title),
        "text": said(text),
        "url": url,
        "label": said(label),
        "level": level,
    }


@register.inclusion_tag("components/skeleton.html")
def skeleton(lines: int = 6) -> dict[str, Any]:
    """Grey lines while a part of the page is on its way."""
    return {"lines": range(lines)}


@register.inclusion_tag("components/messages.html")
def toast_messages(messages: Any = None) -> dict[str, Any]:
    """The corner for short answers, with Django's messages in it and the patterns that the script copies."""
    tones = {"success": "good", "warning": "warn", "error": "bad"}
    shown = [(tones.get(m.level_tag, "info"), m.message) for m in messages or ()]
    return {
        "shown": [{"tone": tone, "icon_name": TONE_ICONS[tone], "text": text} for tone, text in shown],
        "patterns": [{"tone": t, "icon_name": TONE_ICONS[t]} for t in ("good", "info", "warn", "bad")],
    }
