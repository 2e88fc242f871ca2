"""Every address the site answers."""

from __future__ import annotations

from django.urls import include, path

from gongzhi.exchange.api import urls as exchange_urls
from gongzhi.portal import addresses

urlpatterns = [
    path("api/v1/", exchange_urls()),
    path("address/", addresses.look_up, name="public_address"),
    path("report/", include("gongzhi.portal.urls")),
    path("", include("gongzhi.desk.urls")),
]

handler400 = "gongzhi.desk.views.errors.bad_request"
handler403 = "gongzhi.desk.views.errors.denied"
handler404 = "gongzhi.desk.views.errors.not_found"
handler500 = "gongzhi.desk.views.errors.failed"
