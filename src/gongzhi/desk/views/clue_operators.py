"""The file of somebody who trades without a code: what is known, and every clue about them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.clues.models import Clue, Joining, Operator
from gongzhi.desk import clue_words, rows, timelines, words
from gongzhi.desk.views.clue_alike import DECIDERS
from gongzhi.flow import queries as flow


@require_safe
def operator(request: Any, operator_id: int) -> HttpResponse:
    """The file, as far as the post sees its clues; the business's own page once it has registered."""
    found = Operator.objects.select_related("business").filter(pk=operator_id).first()
    if found is None:
        raise Http404
    moment = request.moment
    ids = list(Clue.objects.filter(operator_id=operator_id).order_by("pk").values_list("pk", flat=True))
    cases = flow.cases_for(request.acting, ids, moment=moment)
    joinings = Joining.objects.filter(operator_id=operator_id, decision="").select_related("business")
    context = {
        "operator": found,
        "title": found.sign or found.address or _("无招牌"),
        "facts": [
            (_("招牌"), found.sign),
            (_("地址"), found.address),
            (_("属地"), words.place(found.area)),
            (_("行业"), clue_words.trade(found.trade, moment.today)),
            (_("经营者"), found.person_shown),
            (_("并入主体日期"), found.joined_on, "day"),
        ],
        "cases": rows.rows(cases, moment=moment),
        "columns": rows.FILE_COLUMNS,
        "joinings": [
            {
                "row": row,
                "reasons": clue_words.said(row.reasons),
                "url": reverse("clue_join", args=[row.pk]),
                "may": request.acting.role in DECIDERS,
            }
            for row in joinings
        ],
        "timeline": timelines.entries(flow.journal_of(ids), moment=moment),
    }
    return render(request, "desk/clue_operator.html", context)
