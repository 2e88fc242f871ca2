"""Photos of a clue: shown only to who sees the clue, added by who works on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gongzhi.clues import queries
from gongzhi.clues.photos import MOST_PHOTOS, PURPOSES, PhotoRefusedError, keep_photo


@require_safe
def photo(request: Any, photo_id: int) -> HttpResponse:  # noqa: ARG001  Django's form of it
    """One photo, as far as the post sees its clue; never by the name of its file."""
    found = queries.photo(photo_id)
    if found is None or not found[1].exists():
        raise Http404
    answer = FileResponse(found[1].open("rb"), content_type="image/jpeg")
    # The picture is the same for ever, but who may see it is not: the browser asks each time.
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = "inline"
    return answer


@require_POST
def add(request: Any, clue_id: int) -> HttpResponse:
    """Put photos into a clue's file; all of them or none."""
    clue = queries.clue(clue_id)
    if clue is None:
        raise Http404
    purpose = request.POST.get("purpose", "")
    given = request.FILES.getlist("photo")[:MOST_PHOTOS]
    back = HttpResponseRedirect(reverse("case", args=[clue_id]) + "#photos")
    if purpose not in PURPOSES or not given:
        messages.error(request, _("请选择照片。"))
        return back
    try:
        with transaction.atomic():
            for one in given:
                keep_photo(clue_id, one.read(), purpose=purpose, acting=request.acting, moment=request.moment)
    except PhotoRefusedError as error:
        messages.error(request, _(str(error)))
    except DatabaseError:
        # Row security lets only those write who see the clue's row as theirs.
        messages.error(request, _("您现在的岗位不能做这一步。"))
    else:
        count = len(given)
        messages.success(
            request, ngettext("已添加 %(n)s 张照片。", "已添加 %(n)s 张照片。", count) % {"n": count}
        )
    return back
