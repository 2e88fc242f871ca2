"""Addresses of the style guide alone, behind the policy that the desk is served with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from gongzhi.desk.views.styleguide import styleguide

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'"
)


def strict_policy(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nothing inline, nothing from elsewhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return middleware


def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page as a visitor sees it."""
    fields = [
        {"name": "username", "label": "账号", "autocomplete": "username"},
        {"name": "password", "label": "密码", "kind": "password", "autocomplete": "current-password"},
    ]
    return render(request, "sign_in.html", {"fields": fields, "city_name": "东莞市", "invented": True})


def missing(request: HttpRequest) -> HttpResponse:
    """The page for an address that leads nowhere, without its code, which a browser would report as an error."""
    return render(request, "404.html")


def filtered(request: HttpRequest) -> HttpResponse:
    """A list that its filters fetch again in part."""
    page = engines["django"].from_string(
        '{% extends "base.html" %}{% load desk %}{% block main %}<h1 id="count">{{ count }}</h1>'
        '{% filter_bar fields values=request.GET action="/filtered/" htmx_target="#results" %}'
        '<div id="results">{{ request.GET.state }}</div>'
        '{% progress label="…" done=done total=2 poll_url=poll %}{% endblock %}'
    )
    done = int(request.GET.get("done", "0"))
    fields = [{"name": "state", "label": "状态", "kind": "choice", "choices": [("a", "甲"), ("b", "乙")]}]
    context = {"fields": fields, "count": len(request.GET), "done": done, "poll": "/polled/"}
    return HttpResponse(page.render(context, request))


def polled(request: HttpRequest) -> HttpResponse:
    """How far the work is now: finished, so that nobody asks again."""
    part = engines["django"].from_string('{% load desk %}{% progress label="…" done=2 total=2 %}')
    return HttpResponse(part.render({}, request))


urlpatterns = [
    path("styleguide/", styleguide),
    path("sign-in/", sign_in),
    path("missing/", missing),
    path("filtered/", filtered),
    path("polled/", polled),
    path("i18n/", include("django.conf.urls.i18n")),
]
