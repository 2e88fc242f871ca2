"""The desk's addresses."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from gongzhi.desk.middleware import public
from gongzhi.desk.views import (
    businesses,
    calls,
    cases,
    files,
    health,
    home,
    intake,
    review,
    rulebooks,
    sign_in,
    touched,
    trials,
    workbench,
)
from gongzhi.desk.views.styleguide import styleguide

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("post/", sign_in.switch_post, name="switch_post"),
    path("language/", public(set_language), name="set_language"),
    path("cases/", cases.cases, name="cases"),
    path("cases/export.xlsx", cases.export, name="cases_export"),
    path("cases/<int:case_id>/", cases.case, name="case"),
    path("cases/<int:case_id>/act/<slug:action>/", cases.act, name="act"),
    path("cases/<int:case_id>/call/", calls.call, name="call"),
    path("cases/<int:case_id>/place/", cases.place, name="place"),
    path("businesses/", businesses.businesses, name="businesses"),
    path("businesses/import/", files.files, name="files"),
    path("businesses/import/<int:intake_id>/", files.file, name="file"),
    path("businesses/import/<int:intake_id>/progress/", files.file_progress, name="file_progress"),
    path("businesses/import/<int:intake_id>/stop/", files.file_stop, name="file_stop"),
    path("businesses/import/<int:intake_id>/rejected.xlsx", files.file_report, name="file_report"),
    path("businesses/new/", intake.register, name="register"),
    path("businesses/<int:business_id>/", businesses.business, name="business"),
    path("review/addresses/", review.addresses, name="review_addresses"),
    path("review/scopes/", review.scopes, name="review_scopes"),
    path("rules/", rulebooks.rulebooks, name="rulebooks"),
    path("rules/new/", rulebooks.rulebook_new, name="rulebook_new"),
    path("rules/<int:book_id>/", rulebooks.rulebook, name="rulebook"),
    path("rules/<int:book_id>/act/<slug:action>/", rulebooks.rulebook_act, name="rulebook_act"),
    path("rules/<int:book_id>/test/", rulebooks.rulebook_test, name="rulebook_test"),
    path("rules/<int:book_id>/try/", workbench.rule_try, name="rule_try"),
    path("rules/<int:book_id>/<slug:table>/", workbench.rule_rows, name="rule_rows"),
    path("rules/<int:book_id>/<slug:table>/row/", workbench.rule_row, name="rule_row"),
    path("rules/trials/<int:trial_id>/", trials.trial, name="trial"),
    path("rules/trials/<int:trial_id>/progress/", trials.trial_progress, name="trial_progress"),
    path("rules/trials/<int:trial_id>/stop/", trials.trial_stop, name="trial_stop"),
    path("rules/trials/<int:trial_id>/scopes/", trials.trial_scopes, name="trial_scopes"),
    path("rules/trials/<int:trial_id>/report.xlsx", trials.trial_report, name="trial_report"),
    path("rules/touched/", touched.touched, name="touched"),
    path("rules/touched/<int:touched_id>/", touched.touched_decide, name="touched_decide"),
    path("health/", health.health, name="health"),
    path("styleguide/", public(styleguide), name="styleguide"),
]
