"""Every request to the desk runs for a post, in one transaction, or is sent to sign in. Nothing is open by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from gongzhi.desk import signing
from gongzhi.flow.moment import moment_now
from gongzhi.org.access import acting_as, acting_for

View = Callable[..., HttpResponse]

_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def public(view: View) -> View:
    """Mark a view as open to anybody, such as the sign-in page."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def own_transaction(view: View) -> View:
    """Mark a view that opens its post's transaction itself, `with acting_as(request.acting)`."""
    view.opens_transaction = True  # type: ignore[attr-defined]
    return view


class SecurityHeaders:
    """What every answer tells the browser not to do."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        if not request.path.startswith("/static/"):
            # A page shows what one post may see; no cache may show it to the next person at the same computer.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class ActingPost:
    """Runs each view on behalf of the signed-in post: `request.acting`, `request.post_held`, `request.moment`.

    The view is called inside the post's transaction, so that what it writes is kept whole or not at all; one that is
    marked `own_transaction` opens it itself.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.moment = moment_now()  # type: ignore[attr-defined]
        request.acting = None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: Any, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        # No form and no link of ours sends it, and PostgreSQL's text can't hold it.
        given = (request.GET, request.POST) if request.META.get("QUERY_STRING") else (request.POST,)
        if any("\x00" in value for fields in given for value in _values(fields)):
            raise BadRequest
        if getattr(view, "is_public", False):
            return None
        post = signing.current_post(request.session, request.moment.today)
        if post is None:
            return _to_sign_in(request)
        request.post_held = post
        request.acting = acting_for(post)
        if getattr(view, "opens_transaction", False):
            return view(request, *args, **kwargs)
        with acting_as(request.acting):
            return view(request, *args, **kwargs)


def _values(given: QueryDict) -> Iterator[str]:
    for _, values in given.lists():
        yield from values


def _to_sign_in(request: Any) -> HttpResponse:
    address = reverse("sign_in")
    if request.method == "GET":
        address += "?" + urlencode({"next": request.get_full_path()})
    if request.htmx:
        response = HttpResponse(status=401)
        response.headers["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)
