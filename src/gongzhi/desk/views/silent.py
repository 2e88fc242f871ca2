"""Businesses that may be dormant: what the data say of each, and a person's decision whether a visit asks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.desk import words
from gongzhi.visits import silence
from gongzhi.visits.models import Silence


@require_safe
def silent(request: Any) -> HttpResponse:
    """What waits for a decision in the post's area, oldest first."""
    _only_deciders(request)
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdecimal()):
        raise Http404
    return _page(request, int(after or 0), {})


@require_POST
def decide(request: Any, silence_id: int) -> HttpResponse:
    """Take the decision; setting aside needs its reason."""
    _only_deciders(request)
    try:
        silence.decide(
            silence_id,
            request.POST.get("decision", ""),
            request.POST.get("words", "").strip(),
            acting=request.acting,
            moment=request.moment,
        )
    except Silence.DoesNotExist:
        raise Http404 from None
    except silence.AlreadyDecidedError:
        messages.warning(request, _("这一条刚由别人定了，您的操作没有写入。"))
    except ValueError:
        return _page(request, 0, {silence_id: {"words": _("请写明不需了解的理由")}}, status=422)
    else:
        messages.success(request, _("已记录。"))
    return HttpResponseRedirect(reverse("silent"))


def _only_deciders(request: Any) -> None:
    if request.acting.role not in silence.DECIDERS:
        raise PermissionDenied


def _page(request: Any, after: int, errors: dict[int, dict[str, str]], status: int = 200) -> HttpResponse:
    page = silence.waiting(request.acting, after=after)
    context = {
        "items": [
            {
                "row": row,
                "url": reverse("business", args=[row.business_id]),
                "place": words.place(row.business.area),
                "years": _("、").join(map(str, row.years)),
                "action": reverse("silent_decide", args=[row.pk]),
                "prefix": f"silent-{row.pk}-",
                "errors": errors.get(row.pk, {}),
            }
            for row in page.rows
        ],
        "fields": (_WORDS,),
        "next_url": f"?{urlencode({'after': page.next})}" if page.next else "",
        "first_url": "?" if after else "",
    }
    return render(request, "desk/silent.html", context, status=status)


_WORDS = {
    "name": "words",
    "zh": "不需了解的理由",
    "en": "Why nobody has to ask",
    "max_length": 500,
    "hint_zh": "如集群注册托管地址、已知仍在经营。",
    "hint_en": "Such as a hosted cluster address, or known to be active.",
}
