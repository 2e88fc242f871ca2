"""Words and drawings that several components share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext

# Drawn for this project on a grid of 24; strokes take the colour of the text.
ICONS = {
    "home": '<path d="M4 11l8-7 8 7v9h-5v-6H9v6H4z"/>',
    "inbox": '<path d="M4 13l3-8h10l3 8v6H4zM4 13h5l1.5 2.5h3L15 13h5"/>',
    "bell": '<path d="M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4"/>',
    "walk": (
        '<circle cx="13" cy="4.5" r="1.8"/><path d="M12 9l-1 5 3.5 3 .5 4M11 14l-2.5 6M12 9l-3.5 1.5L8 13M12'
        ' 9l2.5 3 3 .5"/>'
    ),
    "shop": (
        '<path d="M4 9l1.5-5h13L20 9a2.7 2.7 0 0 1-5.3 0 2.7 2.7 0 0 1-5.4 0A2.7 2.7 0 0 1 4 9zM6 12v8h12v-8'
        'M10 20v-5h4v5"/>'
    ),
    "pin": (
        '<path d="M12 21c-4-4.5-6.5-7.8-6.5-11a6.5 6.5 0 0 1 13 0c0 3.2-2.5 6.5-6.5 11z"/><circle cx="12"'
        ' cy="10" r="2.3"/>'
    ),
    "scope": '<path d="M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7"/>',
    "book": '<path d="M5 4h6a2 2 0 0 1 2 2v14a2 2 0 0 0-2-2H5zM13 6a2 2 0 0 1 2-2h5v14h-5a2 2 0 0 0-2 2"/>',
    "people": (
        '<circle cx="9" cy="8" r="3.3"/><path d="M3 20c0-4 2.5-6 6-6s6 2 6 6M15.5 5a3.2 3.2 0 0 1 0 6.2M17'
        ' 14.3c2.6.6 4 2.6 4 5.7"/>'
    ),
    "chart": '<path d="M4 4v16h16M8 16v-4M12 16V8M16 16v-6"/>',
    "search": '<circle cx="11" cy="11" r="6"/><path d="M15.5 15.5L20 20"/>',
    "filter": '<path d="M4 5h16l-6 7.5V19l-4 1.5v-8z"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "chevron": '<path d="M6 9l6 6 6-6"/>',
    "forward": '<path d="M9 5l7 7-7 7"/>',
    "back": '<path d="M15 5l-7 7 7 7"/>',
    "check": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
    "tick": '<circle cx="12" cy="12" r="9"/><path d="M8 12.3l2.8 2.8L16 9.5"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "warning": '<path d="M12 4l9 16H3zM12 10v4.5M12 17.2v.1"/>',
    "stop": '<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7.5v5.5M12 16.3v.1"/>',
    "halt": '<rect x="6" y="6" width="12" height="12" rx="1.5"/>',
    "pause": '<circle cx="12" cy="12" r="9"/><path d="M9.8 8.5v7M14.2 8.5v7"/>',
    "lock": '<path d="M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>',
    "offline": (
        '<path d="M4 4l16 16M2.5 9.5A14 14 0 0 1 8 6.3M11.5 5.5a14 14 0 0 1 10 4M6 13a9 9 0 0 1 4.5-2.5M15'
        ' 11.3a9 9 0 0 1 3 1.7M12 18.5v.1"/>'
    ),
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.5 2"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3.5 12h17M12 3c-5 5.5-5 12.5 0 18M12 3c5 5.5 5 12.5 0 18"/>',
    "type": '<path d="M3 19l4.5-12L12 19M4.5 15h6M14 19l3-8 3 8M15 16.5h4"/>',
    "leave": '<path d="M13 4H5v16h8M10 12h11M17.5 8.5L21 12l-3.5 3.5"/>',
    "download": '<path d="M12 4v11M7 10.5l5 5 5-5M4 19.5h16"/>',
    "print": '<path d="M7 8V3.5h10V8M7 17H4V8h16v9h-3M7 14h10v6.5H7z"/>',
    "phone": (
        '<path d="M6 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2 4.5 1.5v3a2 2 0 0 1-2.2 2A17 17 0 0 1 4 5.7a2'
        ' 2 0 0 1 2-2.2z"/>'
    ),
    "camera": '<path d="M3 8h4l1.5-2.5h7L17 8h4v11H3z"/><circle cx="12" cy="13" r="3.5"/>',
    "send": '<path d="M20.5 3.5L3 11l6.5 3.5L13 21z"/><path d="M9.5 14.5l5-5"/>',
    "return": '<path d="M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 12h-2" transform="translate(0 -1.5)"/>',
    "flag": '<path d="M6 21V4h12l-2.5 4.5L18 13H6"/>',
    "dot": '<circle cx="12" cy="12" r="4" fill="currentColor"/>',
}

TONE_ICONS = {
    "neutral": "dot",
    "info": "info",
    "good": "tick",
    "warn": "warning",
    "bad": "stop",
    "rest": "pause",
    "accent": "flag",
}


def said(words: Any, hint: bool = False) -> str:
    """The words in the reader's language.

    Three forms reach a component: text that is translated already (looked up again without harm: English is no
    msgid), the Chinese source of a translation, and a thing of a process graph or a reference table that carries both
    languages itself as `zh` and `en` (or, with `hint`, as `hint_zh` and `hint_en`).
    """
    chinese, english = ("hint_zh", "hint_en") if hint else ("zh", "en")
    own = part(words, chinese)
    if own is not None:
        return str(own if is_chinese() else part(words, english) or own)
    text = str(words or "")
    return gettext(text) if text else ""


def is_chinese() -> bool:
    """True when the page is read in Chinese."""
    return (get_language() or "zh").startswith("zh")


def part(thing: Any, name: str) -> Any:
    """A named part of a dict or an object; None where it is absent."""
    if isinstance(thing, Mapping):
        return thing.get(name)
    return getattr(thing, name, None)
