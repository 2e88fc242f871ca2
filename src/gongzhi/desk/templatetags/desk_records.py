"""Components that show records: tables, timelines, reasons, doors, candidates, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template import Context, Library
from django.utils.html import format_html

from .desk_marks import shown
from .desk_words import TONE_ICONS, part, said

register = Library()


@register.inclusion_tag("components/table.html")
def data_table(
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Any],
    caption: str = "",
    empty_title: str = "",
    empty_text: str = "",
) -> dict[str, Any]:
    """A table that becomes a list of cards on a phone.

    columns: {"key", "label", "kind"} with kind text (default), link, place, number, day, moment, lamp, status, code.
    The first column heads its row; a link column leads to the row's "url". rows: dicts or objects with the keys; a
    lamp cell is a dict of `{% lamp %}`'s arguments, a status cell (text, tone). Without rows, the empty state.
    """
    heads = [
        {**column, "label": said(column["label"]), "kind": column.get("kind", "text")} for column in columns
    ]
    return {
        "columns": heads,
        "rows": [[_cell(row, column, first=column is heads[0]) for column in heads] for row in rows],
        "caption": said(caption),
        "empty_title": said(empty_title),
        "empty_text": said(empty_text),
    }


def _cell(row: Any, column: Mapping[str, Any], *, first: bool) -> dict[str, Any]:
    value, kind = part(row, column["key"]), column["kind"]
    url = part(row, "url") if kind == "link" else None
    if url and first:
        said_there = format_html('<a class="row-link" href="{}">{}</a>', url, value)
    elif url:
        said_there = format_html('<div><a href="{}">{}</a></div>', url, value)
    else:
        said_there = format_html("<div>{}</div>", shown(value, kind))
    looks = _CELLS.get(kind, "")
    return {
        "label": column["label"],
        "looks": f"{looks} is-zero" if kind == "number" and value == 0 else looks,
        "said": said_there,
    }


_CELLS = {
    "number": "is-number",
    "text": "is-text",
    "code": "is-code",
    "place": "is-place",
    "lamp": "is-lamp",
    "day": "is-date",
    "moment": "is-date",
}


@register.inclusion_tag("components/pager.html")
def pager(newer_url: str = "", older_url: str = "", note: str = "") -> dict[str, Any]:
    """Newer and older by key; an empty address means that there is nothing on that side."""
    return {"newer_url": newer_url, "older_url": older_url, "note": note}


@register.inclusion_tag("components/key_values.html")
def key_values(pairs: Sequence[Any], title: str = "") -> dict[str, Any]:
    """Facts about one thing. pairs: (label, value) or (label, value, kind, url).

    kind: text (default), code, day, moment, lamp (value: dict of its arguments), status (value: (text, tone)).
    """
    rows = []
    for pair in pairs:
        label, value, kind, url = (*pair, *("text", "")[len(pair) - 2 :])[:4]
        rows.append({"label": said(label), "value": value, "kind": kind, "url": url})
    return {"pairs": rows, "title": said(title)}


def marked_segments(text: str, words: Sequence[Any]) -> list[tuple[str, bool]]:
    """Cut a text where quoted words begin and end: (piece, is quoted) in order; the pieces join to the text again.

    words: dicts or objects with `start` and `end`, offsets in characters, end exclusive. Spans may overlap or touch;
    what lies outside the text is left out.
    """
    spans = sorted((max(0, part(word, "start")), min(len(text), part(word, "end"))) for word in words)
    pieces: list[tuple[str, bool]] = []
    here = 0
    for start, end in spans:
        first = max(start, here)
        if first >= end:
            continue
        if first > here:
            pieces.append((text[here:first], False))
        pieces.append((text[first:end], True))
        here = end
    if here < len(text):
        pieces.append((text[here:], False))
    return pieces


CERTAINTY = {"sure": "good", "auto": "good", "review": "warn"}


def _why(reason: Mapping[str, Any]) -> dict[str, Any]:
    words = reason.get("words") or ()
    confidence = reason.get("confidence")
    certainty = reason.get("certainty")
    return {
        **reason,
        "segments": marked_segments(reason.get("text") or "", words),
        "quoted": [part(word, "text") for word in words],
        "percent": None if confidence is None else round(confidence * 100),
        "certainty": certainty,
        "tone": CERTAINTY.get(certainty or "", "neutral"),
        "rule_words": said(reason.get("rule_words")),
        "facts": [(said(label), value) for label, value in reason.get("facts") or ()],
        "opened": bool(reason.get("opened")),
    }


@register.inclusion_tag("components/why.html")
def why(reason: Mapping[str, Any]) -> dict[str, Any]:
    """Why the machine proposed something.

    reason: {"text": the raw text, "words": [{"text", "start", "end"}], "rule": id, "rule_words"?: what it says,
    "version"?, "basis": law, "confidence"?: 0–1, "certainty"?: sure or review, "department"?,
    "facts"?: [(label, value)], "opened"?: shown at once}.
    """
    return _why(reason)


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What happened to a case, newest or oldest first as given.

    An entry: {"title", "process"?: said softly before it, "at": aware datetime, "who"?: person and post, "body"?,
    "tone"?: neutral, good, warn, bad, rest, "icon"?, "facts"?: [(label, value)], "lamp"?: lamp arguments,
    "due_from"?, "due_to"?: dates when the clock moved, "why"?: see `{% why %}`}.
    """
    return {
        "entries": [
            {
                **entry,
                "title": said(entry["title"]),
                "tone": entry.get("tone", "neutral"),
                "icon_name": entry.get("icon") or TONE_ICONS[entry.get("tone", "neutral")],
                "facts": [(said(label), said(value)) for label, value in entry.get("facts") or ()],
                "why": _why(entry["why"]) if entry.get("why") else None,
            }
            for entry in entries
        ]
    }


@register.inclusion_tag("components/doors.html")
def doors(cards: Sequence[Mapping[str, Any]], level: int = 3) -> dict[str, Any]:
    """An officer's list: one door a card; level of their headings, 2 where none stands between them and the page's.

    A card: {"place", "lead"?: how all places here begin, "url", "grid"?, "lamp": lamp arguments, "status"?:
    (text, tone), "items": [text], "more"?: count}.
    """
    return {"cards": cards, "level": level}


@register.inclusion_tag("components/candidates.html", takes_context=True)
def candidates(
    context: Context,
    action: str,
    options: Sequence[Mapping[str, Any]],
    name: str = "candidate",
    hidden: Mapping[str, Any] | None = None,
    label: str = "",
    htmx_target: str = "",
) -> dict[str, Any]:
    """Review by one click (or the keys 1–9): each line is a button that sends its value.

    options: {"value", "label", "detail"?, "confidence"?: 0–1}. hidden: values sent along.
    """
    lines = [
        {**option, "percent": None if option.get("confidence") is None else round(option["confidence"] * 100)}
        for option in options
    ]
    return {
        "action": action,
        "options": lines,
        "name": name,
        "hidden": hidden or {},
        "label": said(label),
        "htmx_target": htmx_target,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/tally.html")
def tally(title: str, rows: Sequence[Mapping[str, Any]], all_url: str = "") -> dict[str, Any]:
    """A process at a glance: each state with how much is there, what is due soon and what is late.

    rows: {"label", "url", "value", "soon", "late", "soon_url"?, "late_url"?}, counts as whole numbers; all_url leads to
    everything. Boards stand in `<div class="boards">`.
    """
    return {
        "title": said(title),
        "rows": [{**row, "label": said(row["label"])} for row in rows],
        "sums": {key: sum(row[key] for row in rows) for key in ("value", "soon", "late")},
        "all_url": all_url,
    }


@register.inclusion_tag("components/chips.html")
def chips(groups: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> dict[str, Any]:
    """Ways into a list: (heading, [{"label", "url", "value", "tone"?: bad}]) groups of few words and a figure."""
    return {
        "groups": [
            (said(head), [{**one, "label": said(one["label"])} for one in some]) for head, some in groups
        ]
    }


@register.inclusion_tag("components/stat.html")
def stat(
    label: str, value: Any, url: str = "", unit: str = "", tone: str = "", note: str = "", icon: str = ""
) -> dict[str, Any]:
    """A figure that leads to the list behind it. tone: warn, bad, good or none.

    Tiles stand in `<ul class="grid-tiles">`.
    """
    return {
        "label": said(label),
        "value": value,
        "url": url,
        "unit": said(unit),
        "tone": tone,
        "note": said(note),
        "icon_name": icon,
    }


@register.inclusion_tag("components/progress.html", takes_context=True)
def progress(
    context: Context,
    label: str,
    done: int,
    total: int | None = None,
    stop_url: str = "",
    poll_url: str = "",
    stopped: bool = False,
    id: str = "progress",  # noqa: A002 - it is the element's id
) -> dict[str, Any]:
    """Work under way: how much, of how much (None: not known yet), with a button to stop it.

    poll_url: fetched every two seconds; its answer (this component again) takes the place of this one, and polling ends
    when the answer has no poll_url.
    """
    return {
        "label": said(label),
        "done": done,
        "total": total,
        "percent": None if not total else min(100, done * 100 // total),
        "stop_url": stop_url,
        "poll_url": poll_url,
        "stopped": stopped,
        "box_id": id,
        "csrf_token": context.get("csrf_token"),
    }
