"""Whoever is signed in stays so until they leave, their time is over, or their post ends; no longer."""

from __future__ import annotations

from datetime import UTC, date, datetime

from offices import Offices, sign_in
from playwright.sync_api import expect

from gongzhi.desk.models import Session
from gongzhi.org.models import Post


def test_a_cookie_kept_from_before_signing_out_opens_nothing(offices: Offices) -> None:
    page = offices.window()
    sign_in(page, "village")
    kept = page.context.cookies()
    page.locator("form[action='/sign-out/']").evaluate("form => form.submit()")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录工作台")
    page.context.add_cookies(kept)  # type: ignore[arg-type]
    page.goto("/cases/")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录工作台")


def test_a_session_whose_time_is_over_opens_nothing(offices: Offices) -> None:
    page = offices.window()
    sign_in(page, "other_village")
    (key,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "gongzhi_session")
    Session.objects.filter(pk=key).update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    page.goto("/cases/")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录工作台")


def test_a_post_that_ended_opens_nothing_from_that_day_on(offices: Offices) -> None:
    page = offices.window()
    sign_in(page, "other_officer")
    Post.objects.filter(person__username="other_officer").update(valid_to=date(2026, 9, 22))
    page.goto("/cases/")
    expect(page.get_by_role("heading", level=1)).to_have_text("待办")
    offices.go_to(date(2026, 9, 22))
    page.goto("/cases/")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录工作台")
