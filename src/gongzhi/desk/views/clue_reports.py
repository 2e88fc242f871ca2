"""Reports by the public, for the two posts that may read them: what was said, the answer, and who it was, on record."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.catalog.queries import installed
from gongzhi.clues import hotline, reports
from gongzhi.clues.models import HotlineFile, IdentityAccess, Report
from gongzhi.clues.numbers import number_of
from gongzhi.clues.sealing import SealBrokenError
from gongzhi.desk import words
from gongzhi.desk.middleware import own_transaction
from gongzhi.desk.spreadsheet import listed, streamed
from gongzhi.org.access import acting_as
from gongzhi.org.models import Post
from gongzhi.org.roles import Role
from gongzhi.places.queries import LatePlacer
from gongzhi.registry.intake.reading import UnreadableFileError

READERS = reports.READERS
IMPORTERS = frozenset({Role.REPORT_DESK, Role.CITY_OFFICE})
"""Who hands in the hotline's files."""
_LATEST = 50
_MOST_READINGS = 100
_MOST_BYTES = 20 * 1024 * 1024


@require_safe
def listing(request: Any) -> HttpResponse:
    """Named reports still to be answered, soonest due first; then the latest others."""
    _only_readers(request)
    waiting = reports.waiting_reports(request.acting)
    waiting_ids = {row.pk for row in waiting}
    latest = Report.objects.select_related("clue").order_by("-id")[:_LATEST]
    context = {
        "columns": _COLUMNS,
        "waiting": [_row(row) for row in waiting],
        "latest": [_row(row) for row in latest if row.pk not in waiting_ids],
    }
    return render(request, "desk/clue_reports.html", context)


@require_safe
def listing_export(request: Any) -> HttpResponse:
    """The page's two lists, whole, as a workbook: the columns of its table and nothing of who reported."""
    _only_readers(request)
    found = streamed(*reports.every_report(request.acting))
    return listed(_("群众举报"), _COLUMNS, map(_row, found), day=request.moment.today)


def _row(row: Report) -> dict[str, Any]:
    open_state = (_("待答复"), "warn") if row.named else (_("匿名"), "rest")
    state = (_("已答复"), "good") if row.answered_at else open_state
    return {
        "url": reverse("clue_report_one", args=[row.pk]),
        "words": row.words[:80] or _("（没有文字）"),
        "place": words.place(row.area),
        "received_at": row.received_at,
        "answer_due": row.answer_due,
        "state": state,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Any, report_id: int) -> HttpResponse:
    """One report, in the reporter's own words, and the answer to it."""
    _only_readers(request)
    found = Report.objects.select_related("clue").filter(pk=report_id).first()
    if found is None:
        raise Http404
    errors: dict[str, str] = {}
    answer = request.POST.get("answer", "").strip()[:1000]
    if request.method == "POST":
        if not answer:
            errors["answer"] = _("请填写此项")
        else:
            try:
                reports.answer_report(report_id, answer, acting=request.acting, moment=request.moment)
            except LookupError:
                messages.error(request, _("这件举报已答复过，或没有留下姓名。"))
            else:
                messages.success(request, _("已答复，举报人凭查询码可以看到。"))
            return HttpResponseRedirect(reverse("clue_report_one", args=[report_id]))
    clue = found.clue
    standing = words.Bilingual(*reports.STAGES[reports.stage_of(found)]).said
    context = {
        "report": found,
        "facts": [
            (_("收到时间"), found.received_at, "moment"),
            (_("属地"), words.place(found.area)),
            (_("线索编号"), number_of(clue.pk, clue.found_on.year) if clue else "", "code"),
            (_("办理进度"), standing),
            (_("答复期限"), found.answer_due, "day"),
            (_("答复"), found.answer),
            (_("答复时间"), found.answered_at, "moment"),
        ],
        "fields": (_ANSWER,) if found.named and found.answered_at is None else (),
        "why_fields": (_WHY,) if found.named else (),
        "values": {"answer": answer},
        "errors": errors,
    }
    return render(request, "desk/clue_report_one.html", context, status=422 if errors else 200)


@own_transaction
@sensitive_variables("who")
@require_http_methods(["POST"])
def identity(request: Any, report_id: int) -> HttpResponse:
    """Who reported: shown once, after the reading and its reason are on record."""
    _only_readers(request)
    why = request.POST.get("why", "").strip()[:300]
    back = HttpResponseRedirect(reverse("clue_report_one", args=[report_id]))
    with acting_as(request.acting):
        if not Report.objects.filter(pk=report_id).exists():
            raise Http404
    if not why:
        messages.error(request, _("请写明为什么需要知道举报人。"))
        return back
    try:
        who = reports.read_identity(report_id, why, acting=request.acting)
    except LookupError:
        messages.error(request, _("举报人没有留下姓名和电话。"))
        return back
    except SealBrokenError:
        messages.error(request, _("身份信息无法解开，请联系管理员核对密钥。"))
        return back
    with acting_as(request.acting):
        facts = [(_("姓名"), who.get("name", "")), (_("电话"), who.get("phone", ""))]
        return render(
            request, "desk/clue_identity.html", {"facts": facts, "report_id": report_id, "why": why}
        )


@require_safe
def readings(request: Any) -> HttpResponse:
    """Who has read whose identity, and why: open to the two posts themselves and to the city office."""
    _only_witnesses(request)
    found = reports.identity_readings(request.acting)
    named = _readers(found)
    context = {"columns": _READINGS, "rows": [_reading(row, named) for row in found[:_MOST_READINGS]]}
    return render(request, "desk/clue_readings.html", context)


@require_safe
def readings_export(request: Any) -> HttpResponse:
    """Every reading there ever was, as a workbook; no identity is in it."""
    _only_witnesses(request)
    found = reports.identity_readings(request.acting)
    named = _readers(found)
    lines = (_reading(row, named) for row in streamed(found))
    return listed(_("身份查看记录"), _READINGS, lines, day=request.moment.today)


def _only_witnesses(request: Any) -> None:
    if request.acting.role not in READERS | {Role.CITY_OFFICE}:
        raise PermissionDenied


def _readers(found: QuerySet[IdentityAccess]) -> dict[int, str]:
    posts = Post.objects.filter(pk__in=found.order_by().values("post_id").distinct())
    return {post.pk: f"{post.title} {post.person.name}" for post in posts.select_related("person")}


def _reading(row: IdentityAccess, named: dict[int, str]) -> dict[str, Any]:
    return {"at": row.at, "report": row.report_id, "who": named.get(row.post_id, "—"), "why": row.why}


@own_transaction
@require_http_methods(["GET", "HEAD", "POST"])
def hotline_files(request: Any) -> HttpResponse:
    """Hand in a file of the 12345 hotline; every row is accounted for, the same file or order again changes nothing."""
    if request.acting.role not in IMPORTERS or len(request.acting.area) > 4:
        raise PermissionDenied
    errors: dict[str, str] = {}
    outcome = None
    if request.method == "POST":
        given = request.FILES.get("file")
        if given is None:
            errors["file"] = _("请选择文件")
        elif given.size > _MOST_BYTES:
            errors["file"] = _("文件过大，请分几次导入。")
        else:
            try:
                outcome = _read(given, request)
            except hotline.NotHotlineError as error:
                errors["file"] = words.Bilingual.parted(str(error)).said
            except (UnreadableFileError, OSError):
                errors["file"] = _("文件无法读取，请用 CSV 或 xlsx。")
    with acting_as(request.acting):
        context = {
            "fields": (_FILE,),
            "errors": errors,
            "outcome": outcome,
            "why": [
                (words.Bilingual(*hotline.WHY[code]).said if code in hotline.WHY else code, number)
                for code, number in (outcome.why if outcome else {}).items()
            ],
            "needed": _("、").join(hotline.COLUMNS[name][0] for name in hotline.COLUMNS),
            "files": HotlineFile.objects.order_by("-id")[:20],
        }
        return render(request, "desk/clue_hotline.html", context, status=422 if errors else 200)


def _read(given: Any, request: Any) -> hotline.HotlineOutcome:
    with tempfile.TemporaryDirectory(prefix="gongzhi-hotline-") as folder:
        path = Path(folder) / (Path(given.name).name[-120:] or "12345.csv")
        with path.open("wb") as out:
            for chunk in given.chunks():
                out.write(chunk)
        return hotline.read_hotline(
            path,
            places=LatePlacer(request.moment.today),
            city=installed().city_code4,
            moment=request.moment,
        )


def _only_readers(request: Any) -> None:
    if request.acting.role not in READERS:
        raise PermissionDenied


_COLUMNS = (
    {"key": "words", "label": noop("举报内容"), "kind": "link"},
    {"key": "place", "label": noop("属地"), "kind": "place"},
    {"key": "received_at", "label": noop("收到时间"), "kind": "moment"},
    {"key": "answer_due", "label": noop("答复期限"), "kind": "day"},
    {"key": "state", "label": noop("状态"), "kind": "status"},
)
_READINGS = (
    {"key": "at", "label": noop("时间"), "kind": "moment"},
    {"key": "report", "label": noop("举报"), "kind": "code"},
    {"key": "who", "label": noop("查看人"), "kind": "text"},
    {"key": "why", "label": noop("理由"), "kind": "text"},
)
_ANSWER = {
    "name": "answer",
    "zh": "答复内容",
    "en": "Answer",
    "kind": "textarea",
    "rows": 3,
    "max_length": 1000,
    "hint_zh": "不写经营者的姓名和其他举报。",
    "hint_en": "Leave out the operator’s name and other reports.",
}
_WHY = {
    "name": "why",
    "zh": "为什么需要知道举报人",
    "en": "Why the identity is needed",
    "max_length": 300,
    "hint_zh": "每次查看都会记录您的姓名、时间和理由，市级可以查到。",
    "hint_en": "Each reading is recorded with your name, the time and this reason; the city can see it.",
}
_FILE = {
    "name": "file",
    "zh": "12345 工单文件",
    "en": "The hotline’s file",
    "kind": "file",
    "accept": ".csv,.xlsx,.gz",
}
