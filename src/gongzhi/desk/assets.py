"""Where the built style sheets and scripts lie.

Vite writes hashed files and a manifest into `static/built/`; pages name an asset by its short name ("look", "desk")
and this module answers with the hashed path. The names never change under a browser, so they may be cached for ever.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

MANIFEST = Path(__file__).parent / "static" / "built" / "manifest.json"


class AssetsNotBuiltError(ImproperlyConfigured):
    """The web assets are absent or lack an entry; the message says which command builds them."""


@lru_cache(maxsize=4)
def _entries(manifest: Path, _changed_ns: int) -> dict[str, str]:
    """Short name of every entry → its path below the static folder; remembered until the file changes."""
    listed = json.loads(manifest.read_text(encoding="utf-8"))
    return {
        entry.get("name") or Path(source).name: f"built/{entry['file']}" for source, entry in listed.items()
    }


def built_path(name: str) -> str:
    """Path of a built asset below the static folder, for instance `built/assets/desk-C96xQTv.js`.

    The manifest is the packaged one unless `settings.GONGZHI_WEB_MANIFEST` names another.
    Raises AssetsNotBuiltError when there is no manifest or no such entry.
    """
    manifest = Path(getattr(settings, "GONGZHI_WEB_MANIFEST", MANIFEST))
    try:
        entries = _entries(manifest, manifest.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise AssetsNotBuiltError(f"{manifest} is absent: run `npm ci && npm run build` in web/") from error
    try:
        return entries[name]
    except KeyError as error:
        raise AssetsNotBuiltError(
            f"{manifest} has no entry {name!r} (it has {sorted(entries)}): build web/ again"
        ) from error


def built_url(name: str) -> str:
    """Address of a built asset, under STATIC_URL."""
    return static(built_path(name))
