"""Registrations that come as a file: hand it in, watch it, stop it, read what became of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.desk import words
from gongzhi.desk.file_intake import MOST_BYTES, SUFFIXES, UnfitFileError, hand_in, report_of
from gongzhi.desk.models import FileIntake
from gongzhi.desk.spreadsheet import listed, streamed
from gongzhi.desk.views.progress import bar
from gongzhi.org.roles import Role
from gongzhi.registry.rules import FIRST_DAY, Why

_LATEST = 10
CITY_DIGITS = 4
_SILENCE = timedelta(minutes=5)
"""A worker that has not been heard of for so long was cut off; a placer that is built anew takes less."""
_TONES = {"waiting": "rest", "running": "info", "done": "good", "stopped": "rest", "failed": "bad"}
_COLUMNS = (
    {"key": "name", "label": gettext_noop("文件"), "kind": "link"},
    {"key": "as_of", "label": "数据基准日", "kind": "day"},
    {"key": "by", "label": "提交人", "kind": "text"},
    {"key": "state", "label": "状态", "kind": "status"},
)


def may_hand_in(acting: Any) -> bool:
    """Whether a post may bring in a whole file: the registrar of the city, whom every town's rows concern."""
    return acting.role is Role.REGISTRAR and len(acting.area) <= CITY_DIGITS


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: Any) -> HttpResponse:
    """The form, and the files of late."""
    _only_city(request)
    if request.method == "POST":
        return _take(request)
    return _form(request, {"as_of": request.moment.today.isoformat()}, {})


@require_safe
def files_export(request: Any) -> HttpResponse:
    """Every file that was ever handed in, latest first, as a workbook."""
    _only_city(request)
    found = streamed(FileIntake.objects.order_by("-id"))
    return listed(_("文件导入"), _COLUMNS, map(_row, found), day=request.moment.today)


@require_safe
def file(request: Any, intake_id: int) -> HttpResponse:
    """How far one file has come; when it has ended, what became of its rows."""
    intake = _intake(request, intake_id)
    context = {
        "intake": intake,
        "state": (_state(intake), _TONES[intake.state]),
        "work": _work(intake),
        "facts": _facts(intake),
        "rejected": [
            (words.Bilingual(Why(code).zh, Why(code).en).said, number)
            for code, number in intake.counts.get("rejected", {}).items()
        ],
        "problem": words.Bilingual.parted(intake.problem).said,
        "silent": not intake.ended and request.moment.at - intake.seen_at > _SILENCE,
        "report_url": reverse("file_report", args=[intake.pk]) if report_of(intake) and intake.ended else "",
    }
    return render(request, "desk/file.html", context)


@require_safe
def file_progress(request: Any, intake_id: int) -> HttpResponse:
    """How far a file has come, for the page that asks until it has ended."""
    intake = _intake(request, intake_id)
    return bar(request, None if intake.ended else _work(intake))


@require_POST
def file_stop(request: Any, intake_id: int) -> HttpResponse:
    """Ask the worker to stop; what has not begun yet is stopped at once."""
    intake = _intake(request, intake_id)
    still = FileIntake.objects.filter(pk=intake.pk)
    if not still.filter(state=FileIntake.State.WAITING).update(state=FileIntake.State.STOPPED):
        still.update(stop_asked=True)
    return HttpResponseRedirect(reverse("file", args=[intake.pk]))


@require_safe
def file_report(request: Any, intake_id: int) -> FileResponse:
    """The workbook of the rows that were not accepted, and why."""
    path = report_of(_intake(request, intake_id))
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"rejected-{intake_id}.xlsx")


def _only_city(request: Any) -> None:
    if not may_hand_in(request.acting):
        raise PermissionDenied


def _intake(request: Any, intake_id: int) -> FileIntake:
    _only_city(request)
    found = FileIntake.objects.filter(pk=intake_id).first()
    if found is None:
        raise Http404
    return found


def _take(request: Any) -> HttpResponse:
    values = {"as_of": request.POST.get("as_of", "")}
    given = request.FILES.get("file")
    as_of = _day(values["as_of"])
    errors = {}
    if given is None:
        errors["file"] = _("请选择文件")
    if as_of is None or not FIRST_DAY <= as_of <= request.moment.today:
        errors["as_of"] = _("请填写不晚于今天的日期")
    if given is None or as_of is None or errors:
        return _form(request, values, errors, status=422)
    acting = request.acting
    try:
        intake = hand_in(
            given.name,
            given.size,
            given.chunks(),
            as_of=as_of,
            post_id=acting.post_id,
            by=f"{acting.title} {acting.name}",
            now=request.moment.at,
        )
    except UnfitFileError as error:
        return _form(request, values, {"file": _unfit(error.why)}, status=422)
    return HttpResponseRedirect(reverse("file", args=[intake.pk]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _unfit(why: str) -> str:
    spoken = {
        "kind": _("只接受 CSV、CSV.GZ 和 XLSX 文件，且内容应与扩展名相符。"),
        "size": _("文件超过 %(most)s MB。") % {"most": MOST_BYTES // 1024**2},
        "empty": _("文件是空的。"),
    }
    return spoken[why]


def _form(request: Any, values: dict[str, str], errors: dict[str, str], status: int = 200) -> HttpResponse:
    latest = FileIntake.objects.order_by("-id")[:_LATEST]
    context = {
        "fields": _FIELDS,
        "values": values,
        "errors": errors,
        "columns": _COLUMNS,
        "rows": [_row(one) for one in latest],
    }
    return render(request, "desk/files.html", context, status=status)


def _row(one: FileIntake) -> dict[str, Any]:
    return {
        "url": reverse("file", args=[one.pk]),
        "name": one.file_name,
        "as_of": one.as_of,
        "by": one.by,
        "state": (_state(one), _TONES[one.state]),
    }


def _state(intake: FileIntake) -> str:
    spoken = {
        "waiting": _("排队中"),
        "running": _("导入中"),
        "done": _("已导入"),
        "stopped": _("已停止"),
        "failed": _("未能导入"),
    }
    return spoken[intake.state]


def _work(intake: FileIntake) -> dict[str, Any]:
    spoken = {"": _("等待开始"), "read": _("正在读取和检查"), "load": _("正在登记、告知和派发")}
    return {
        "label": spoken[intake.stage],
        "done": intake.done,
        "total": intake.total or None,
        "id": "intake",
        "poll_url": reverse("file_progress", args=[intake.pk]),
        "stop_url": "" if intake.stop_asked else reverse("file_stop", args=[intake.pk]),
    }


def _facts(intake: FileIntake) -> list[tuple[Any, ...]]:
    facts: list[tuple[Any, ...]] = [
        (_("数据基准日"), intake.as_of, "day"),
        (_("提交人"), intake.by),
    ]
    if intake.counts:
        spoken = (
            ("rows", _("总行数")),
            ("accepted", _("新登记")),
            ("changed", _("变更")),
            ("cancelled", _("注销或迁出")),
            ("unchanged", _("没有变化")),
            ("notices", _("发出告知")),
            ("visits", _("派出走访")),
        )
        facts += [(label, intake.counts[key], "number") for key, label in spoken]
        facts.append((_("未接受"), sum(intake.counts["rejected"].values()), "number"))
    return facts


_FIELDS = (
    {
        "name": "file",
        "zh": "登记数据文件",
        "en": "File of registrations",
        "kind": "file",
        "accept": ",".join(SUFFIXES),
        "hint_zh": "CSV、CSV.GZ 或 XLSX，至多 100 MB；须有名称、统一社会信用代码、成立日期、经营范围、住所各列。",
        "hint_en": "CSV, CSV.GZ or XLSX, at most 100 MB, with the columns name, uscc, established_date,"
        " business_scope and address.",
    },
    {
        "name": "as_of",
        "zh": "数据基准日",
        "en": "The day it holds for",
        "kind": "date",
    },
)
