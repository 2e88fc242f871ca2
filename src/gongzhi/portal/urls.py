"""The public pages' addresses."""

from __future__ import annotations

from django.urls import path

from gongzhi.portal import views

urlpatterns = [
    path("", views.report, name="public_report"),
    path("track/", views.track, name="public_track"),
]
