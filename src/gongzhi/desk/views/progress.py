"""The bar of long work, which a page asks for again and again until the work rests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render


def bar(request: Any, work: Mapping[str, Any] | None) -> HttpResponse:
    """The bar alone, as the page shows it; without work, which has come to rest, the page is read anew."""
    if work is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "desk/progress.html", {"work": work})
