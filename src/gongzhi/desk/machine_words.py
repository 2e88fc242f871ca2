"""Sentences that the machine wrote into a journal, in the reader's language; what a person wrote stays as it is."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from gongzhi.clues import sentences


def spoken(text: str) -> str:
    """A sentence of the machine in the reader's language; any other text unchanged."""
    for sentence, pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            return _(sentence) % found.groupdict() if found.groupdict() else _(sentence)
    return text


_PATTERNS = [
    (sentence, re.compile(re.sub(r"%\\?\((\w+)\\?\)s", r"(?P<\1>[0-9]+)", re.escape(sentence))))
    for sentence in sentences.EVERY
]
