"""Forms rendered from fields that are data, as the process graphs describe them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template import Context, Library

from .desk_words import part, said

register = Library()

# Up to this many answers are all shown as cards: nothing hides behind a click (a thumb hits a card, not a list).
MOST_CARDS = 6
# From this many on, a box to narrow the list down stands above it.
LONG_LIST = 15
_CHOSEN_KINDS = {"choice", "department", "grid", "reference", "select", "radio"}


def field_rows(
    fields: Sequence[Any], values: Mapping[str, Any], errors: Mapping[str, Any], *, prefix: str = ""
) -> list[dict[str, Any]]:
    """Fields made ready for the templates.

    A field is a dict or an object with: name · label (or zh and en) · kind (text, textarea, number, date, choice,
    department, grid, reference, select, radio, multi, checkbox, file, password, search, hidden) · required (true unless
    said otherwise) · choices, pairs (code, label[, hint]) or things with code, zh and en · hint (or hint_zh, hint_en)
    · max_length · accept, capture, multiple (file) · autocomplete · min, max (date, number) · disabled.
    values and errors map a field's name to its value and to one message or a list of them.
    """
    return [_row(field, values, errors, prefix) for field in fields]


def _row(field: Any, values: Mapping[str, Any], errors: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    name = part(field, "name")
    kind = part(field, "kind") or "text"
    required = part(field, "required")
    value = values.get(name)
    choices = _choices(part(field, "choices") or (), value)
    messages = errors.get(name) or ()
    label = part(field, "label") if part(field, "zh") is None else field
    hint = said(part(field, "hint")) or (said(field, hint=True) if part(field, "hint_zh") else "")
    ident = f"{prefix}{name}"
    messages = [said(one) for one in ([messages] if isinstance(messages, str) else messages)]
    described = [f"{ident}-hint"] * bool(hint) + [f"{ident}-error"] * bool(messages)
    return {
        "name": name,
        "id": ident,
        "label": said(label),
        "shape": _shape(kind, len(choices)),
        "required": True if required is None else required,
        "choices": choices,
        "narrowed": len(choices) >= LONG_LIST,
        "hint": hint,
        "value": "" if value is None else value,
        "checked": str(value).lower() in {"1", "true", "on", "yes"},
        "errors": messages,
        "described": " ".join(described),
        **{
            key: part(field, key)
            for key in (
                "max_length",
                "accept",
                "capture",
                "multiple",
                "autocomplete",
                "min",
                "max",
                "disabled",
                "rows",
            )
        },
    }


def _shape(kind: str, answers: int) -> str:
    """How a kind is drawn: few answers as cards, more as a list, a reference without a list as text."""
    if kind == "radio" or (kind in _CHOSEN_KINDS - {"select"} and 0 < answers <= MOST_CARDS):
        return "cards"
    if kind in _CHOSEN_KINDS:
        return "list" if answers or kind in {"select", "choice"} else "text"
    return kind


def _choices(choices: Sequence[Any], value: Any) -> list[dict[str, Any]]:
    chosen = {str(one) for one in value} if isinstance(value, (list, tuple, set)) else {str(value)}
    shown = []
    for one in choices:
        if isinstance(one, (tuple, list)):
            code, label, hint = (*one, "")[:3]
        else:
            code = part(one, "code")
            label, hint = (
                (one if part(one, "zh") is not None else part(one, "label")),
                part(one, "hint") or "",
            )
        picked = value is not None and str(code) in chosen
        shown.append({"code": code, "label": said(label), "hint": said(hint), "picked": picked})
    return shown


@register.inclusion_tag("components/fields.html")
def form_fields(
    fields: Sequence[Any],
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Any] | None = None,
    prefix: str = "",
) -> dict[str, Any]:
    """Only the fields, for a form that the page writes itself. See `field_rows` for what a field is."""
    return {"rows": field_rows(fields, values or {}, errors or {}, prefix=prefix)}


@register.inclusion_tag("components/error_summary.html")
def error_summary(
    fields: Sequence[Any], errors: Mapping[str, Any] | None = None, prefix: str = ""
) -> dict[str, Any]:
    """List of what is wrong, above the form; each line leads to its field.

    The key "" of errors holds what is wrong as a whole.
    """
    errors = errors or {}
    rows = field_rows(fields, {}, errors, prefix=prefix)
    whole = errors.get("") or ()
    return {
        "whole": [said(one) for one in ([whole] if isinstance(whole, str) else whole)],
        "rows": [row for row in rows if row["errors"]],
    }


@register.inclusion_tag("components/form.html", takes_context=True)
def action_form(
    context: Context,
    action: str,
    fields: Sequence[Any],
    submit: Any,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Any] | None = None,
    hidden: Mapping[str, Any] | None = None,
    prefix: str = "",
    tone: str = "primary",
    cancel_url: str = "",
    confirm: str = "",
    method: str = "post",
    id: str = "",  # noqa: A002 - it is the element's id
    in_dialog: bool = False,
    htmx_target: str = "",
) -> dict[str, Any]:
    """A whole form: error summary, fields, hidden values (client key, expected sequence), buttons.

    action: where it is sent · submit: words of the button (or an edge of a graph) · tone: primary or danger · confirm:
    a question asked in the shared dialog before it is sent · in_dialog: the second button closes the dialog ·
    htmx_target: selector of what the answer replaces; without it the form is sent the ordinary way.
    """
    rows = field_rows(fields, values or {}, errors or {}, prefix=prefix)
    return {
        "action": action,
        "method": method,
        "rows": rows,
        "fields": fields,
        "errors": errors or {},
        "hidden": hidden or {},
        "prefix": prefix,
        "submit": said(submit),
        "tone": tone,
        "cancel_url": cancel_url,
        "confirm": said(confirm),
        "multipart": any(row["shape"] == "file" for row in rows),
        "form_id": id,
        "in_dialog": in_dialog,
        "htmx_target": htmx_target,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/filter_bar.html")
def filter_bar(
    fields: Sequence[Any],
    values: Mapping[str, Any] | None = None,
    action: str = "",
    clear_url: str = "",
    htmx_target: str = "",
) -> dict[str, Any]:
    """Filters above a list, sent by GET so that a filtered list has an address of its own.

    Choices are drawn as lists with "全部" first; with htmx_target only that part of the page is fetched again. A field
    that always has a value names its `usual` one: at that, nothing is filtered. A search box alone is drawn long and
    is never folded away.
    """
    rows = field_rows(fields, values or {}, {}, prefix="filter-")
    usual = {part(field, "name"): part(field, "usual") for field in fields}
    for row in rows:
        row["narrowed"] = False
        row["shape"] = "list" if row["shape"] == "cards" else row["shape"]
        row["required"] = False
        row["any"] = usual[row["name"]] is None
        row["filters"] = True
    return {
        "rows": rows,
        "search": [row["shape"] for row in rows] == ["search"],
        "action": action,
        "clear_url": clear_url,
        "active": any(row["value"] not in ("", None, [], usual[row["name"]]) for row in rows),
        "htmx_target": htmx_target,
    }
