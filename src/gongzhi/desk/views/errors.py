"""Polite errors: what went wrong, what was not lost, what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from gongzhi.desk.middleware import public


@public
def bad_request(request: HttpRequest, *_arguments: Any, **_named: Any) -> HttpResponse:
    """Something was sent that can't be read."""
    return render(request, "400.html", status=400)


@public
def denied(request: HttpRequest, *_arguments: Any, **_named: Any) -> HttpResponse:
    """The post may not do that."""
    return render(request, "403.html", status=403)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's form of it
    """A form came from an old page or from another site."""
    return render(request, "403_csrf.html", status=403)


@public
def not_found(request: HttpRequest, *_arguments: Any, **_named: Any) -> HttpResponse:
    """No such page, or not this post's to see: the two look the same on purpose."""
    return render(request, "404.html", status=404)


@public
def failed(request: HttpRequest) -> HttpResponse:
    """Our mistake. Nothing was written. What failed may be the database, so the page asks it for nothing."""
    return HttpResponse(render_to_string("500.html", {"request": request}), status=500)
