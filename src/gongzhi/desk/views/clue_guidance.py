"""The sheet that tells an operator what to get, where and with what: in both languages, its handing over on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from gongzhi.clues import queries
from gongzhi.clues.guiding import Matter, guidance, hand_over
from gongzhi.clues.numbers import number_of
from gongzhi.desk import words
from gongzhi.flow.errors import FlowError
from gongzhi.org.roles import Role

GUIDES = frozenset({Role.OFFICER, Role.VILLAGE, Role.TOWN_OFFICE, Role.DEPARTMENT})
"""Who talks to operators."""


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: Any, clue_id: int) -> HttpResponse:
    """The sheet; sent, the handing over is put down."""
    if request.acting.role not in GUIDES:
        raise PermissionDenied
    clue = queries.clue(clue_id)
    if clue is None:
        raise Http404
    matters = guidance(clue, request.moment)
    if request.method == "POST":
        try:
            if matters:
                hand_over(clue, matters, acting=request.acting, moment=request.moment)
        except FlowError:
            messages.error(request, _("此事项的状态已变化，不能再做这一步。请看最新情况。"))
        else:
            messages.success(request, _("已记录：告知书已交付。"))
        return HttpResponseRedirect(reverse("case", args=[clue_id]))
    context = {
        "clue": clue,
        "number": number_of(clue.part_of_id or clue.pk, clue.found_on.year),
        "sheets": [_sheet(language, matters, request) for language in ("zh-hans", "en")] if matters else [],
        "day": request.moment.today,
        "case_url": reverse("case", args=[clue_id]),
    }
    return render(request, "desk/clue_guidance.html", context)


def _sheet(language: str, matters: Sequence[Matter], request: Any) -> dict[str, Any]:
    """What one of the two sheets says, in its own language whatever the reader's is."""
    with override(language):
        return {
            "language": language,
            "unit": words.unit(request.post_held),
            "matters": [
                {
                    "what": one.what,
                    "name": words.Bilingual(one.name.zh, one.name.en).said,
                    "counters": [words.Bilingual(place.zh, place.en).said for place in one.counters],
                    "first": one.first,
                    "days": one.days,
                    "basis": one.basis,
                    "verified": one.verified,
                    "materials": [words.Bilingual(what.zh, what.en).said for what in one.materials],
                }
                for one in matters
            ],
        }
