"""Checks what a person filled in against an edge's form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gongzhi.flow.errors import FormInvalidError
from gongzhi.flow.graph import Field, Form

REQUIRED = "请填写此项"
NOT_A_CHOICE = "请从所列选项中选择"
NOT_A_DATE = "请填写日期，如 2026-09-21"
TOO_LONG = "内容过长，请精简"
_TRUE = {"1", "true", "on", "yes"}


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
    if errors:
        raise FormInvalidError(errors)
    return values


def _clean_field(field: Field, raw: Any) -> tuple[Any, str]:
    if field.kind == "checkbox":
        ticked = str(raw).lower() in _TRUE if raw is not None else False
        return ticked, REQUIRED if field.required and not ticked else ""
    text = "" if raw is None else str(raw).replace("\x00", "").strip()
    if not text:
        return None, REQUIRED if field.required else ""
    if len(text) > field.max_length:
        return None, TOO_LONG
    if field.choices and text not in {choice.code for choice in field.choices}:
        return None, NOT_A_CHOICE
    if field.kind == "date":
        try:
            return date.fromisoformat(text).isoformat(), ""
        except ValueError:
            return None, NOT_A_DATE
    return text, ""
