"""`{% load desk %}`: every component of the design system.

The tags take plain values (strings, numbers, dates, dicts), never a model, so that a page decides what is shown.
docs/design-system.md lists them; `/styleguide/` shows each in every state.
"""

from __future__ import annotations

from django.template import Library

from . import desk_forms, desk_frame, desk_marks, desk_records

register = Library()

for part in (desk_frame, desk_marks, desk_forms, desk_records):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
