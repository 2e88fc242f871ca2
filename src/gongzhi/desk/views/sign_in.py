"""Sign in, act as another of one's posts, sign out, choose a language."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.desk import demo_accounts, signing
from gongzhi.desk.middleware import public
from gongzhi.org.access import posts_of


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Any) -> HttpResponse:
    """The form, and what comes of it. The page never says which of the two was wrong."""
    errors, status = {}, 200
    values = {"username": request.GET.get("user", "").strip()[:60]}
    target = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST":
        values = {"username": request.POST.get("username", "").strip()[:60]}
        try:
            person = signing.authenticate(
                values["username"],
                request.POST.get("password", ""),
                address=request.META.get("REMOTE_ADDR", ""),
                now=request.moment.at,
                today=request.moment.today,
            )
        except signing.TooManyAttemptsError:
            errors[""], status = _("尝试次数过多，请 15 分钟后再试，或请管理员重设密码。"), 429
        except signing.WrongCredentialsError:
            errors[""], status = _("用户名或密码不正确，请核对后重试。"), 422
        else:
            signing.begin(request.session, person, posts_of(person.pk, request.moment.today)[0])
            return HttpResponseRedirect(target)
    context = {
        "action": reverse("sign_in"),
        "fields": _FIELDS,
        "values": values,
        "errors": errors,
        "hidden": {"next": target},
        "accounts": demo_accounts.listed(request.moment.today),
    }
    return render(request, "desk/sign_in.html", context, status=status)


@require_POST
def switch_post(request: Any) -> HttpResponse:
    """Act as another post of the same person."""
    wanted = request.POST.get("post", "")
    for post in posts_of(request.post_held.person_id, request.moment.today):
        if str(post.pk) == wanted:
            signing.begin(request.session, post.person, post)
            break
    return HttpResponseRedirect(reverse("home"))


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; what the browser kept of it is worth nothing afterwards."""
    request.session.flush()
    return HttpResponseRedirect(reverse("sign_in"))


def _safe(request: HttpRequest, address: str) -> str:
    """Where to go after signing in: only to a page of this site."""
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return address
    return reverse("home")


_FIELDS = (
    {"name": "username", "zh": "用户名", "en": "User name", "kind": "text", "autocomplete": "username"},
    {
        "name": "password",
        "zh": "密码",
        "en": "Password",
        "kind": "password",
        "autocomplete": "current-password",
    },
)
