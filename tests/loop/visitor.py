"""Somebody at a browser, as far as HTTP goes: cookies kept, forms sent with their token, nothing trusted."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from tests.loop.city import PASSWORD


class Visitor:
    """A browser at the desk; `language` is zh-hans or en."""

    def __init__(self, language: str = "zh-hans") -> None:
        self.client = Client(
            enforce_csrf_checks=True, raise_request_exception=False, headers={"accept-language": language}
        )

    def get(self, address: str, /, **query: Any) -> Any:
        """Ask for a page."""
        return self.client.get(address, query or None)

    def post(self, address: str, /, **form: Any) -> Any:
        """Send a form, with the token that the pages carry."""
        return self.client.post(address, {"csrfmiddlewaretoken": self._token(), **form})

    def sign_in(self, username: str, password: str = PASSWORD, **form: Any) -> Any:
        """Sign in through the form."""
        return self.post(reverse("sign_in"), username=username, password=password, **form)

    def _token(self) -> str:
        if "csrftoken" not in self.client.cookies:
            self.client.get(reverse("sign_in"))
        return self.client.cookies["csrftoken"].value


def text_of(response: Any) -> str:
    """An answer's body as text."""
    return response.content.decode()
