"""Checks what a person filled in against an edge's form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from gongzhi.flow.errors import FormInvalidError
from gongzhi.flow.graph import Choice, Field, Form

REQUIRED = "请填写此项"
NOT_A_CHOICE = "请从所列选项中选择"
NOT_A_DATE = "请填写日期，如 2026-09-21"
TOO_LONG = "内容过长，请精简"
NEEDS_WORDS = "选择此项须说明情况"
_TRUE = {"1", "true", "on", "yes"}

Reasons = Callable[[str, date], tuple[Choice, ...]]


def _no_reasons(name: str, _on: date) -> tuple[Choice, ...]:
    raise LookupError(f"nobody keeps the list of reasons {name!r}")


_reasons: Reasons = _no_reasons


def keep_reasons(source: Reasons) -> None:
    """Name who keeps the lists of coded reasons; the catalogue does so when it is ready."""
    global _reasons  # noqa: PLW0603
    _reasons = source


def resolved(form: Form, on: date) -> Form:
    """The form with its lists of reasons as choices, those in force on a day."""
    if not any(field.reasons for field in form.fields):
        return form
    return Form(fields=tuple(_with_choices(field, on) for field in form.fields))


def _with_choices(field: Field, on: date) -> Field:
    if not field.reasons:
        return field
    choices = _reasons(field.reasons, on)
    if field.only:
        choices = tuple(choice for choice in choices if choice.code in field.only)
    return replace(field, choices=choices)


def clean(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values as they go into the journal: known fields only, trimmed, coded, dates in ISO form.

    Raises FormInvalidError with one message a field; nothing is guessed for the person.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in form.fields:
        value, error = _clean_field(field, given.get(field.name))
        if error:
            errors[field.name] = error
        elif value not in (None, ""):
            values[field.name] = value
    if _words_missing(form, values):
        errors["words"] = NEEDS_WORDS
    if errors:
        raise FormInvalidError(errors)
    return values


def _words_missing(form: Form, values: Mapping[str, Any]) -> bool:
    if "words" in values or not any(field.name == "words" for field in form.fields):
        return False
    return any(
        choice.needs_words and values.get(field.name) == choice.code
        for field in form.fields
        for choice in field.choices
    )


def _clean_field(field: Field, raw: Any) -> tuple[Any, str]:
    if field.kind == "checkbox":
        ticked = raw is not None and str(raw).lower() in _TRUE
        return ticked, REQUIRED if field.required and not ticked else ""
    text = "" if raw is None else str(raw).replace("\x00", "").strip()
    if not text:
        return None, REQUIRED if field.required else ""
    if len(text) > field.max_length:
        return None, TOO_LONG
    if field.choices and text not in {choice.code for choice in field.choices}:
        return None, NOT_A_CHOICE
    if field.kind == "date":
        return _clean_date(text)
    return text, ""


def _clean_date(text: str) -> tuple[str | None, str]:
    try:
        return date.fromisoformat(text).isoformat(), ""
    except ValueError:
        return None, NOT_A_DATE
