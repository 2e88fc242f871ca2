"""Lists of what other data say: who has filed the yearly report, until when equipment is inspected.

Nothing is opened by them and nobody is counted: what they leave open is asked at visits that happen anyway. There is no
rate of reports filed, neither of a place nor of sole traders (促进个体工商户发展条例 art. 32).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.desk import words
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.registry.facts import Fault, NotAListError, Taken, take_equipment, take_reports
from gongzhi.registry.models import ReportList

HANDERS = frozenset({Role.REGISTRAR, Role.CITY_OFFICE})
"""Who has such lists: the registrar whose system takes the reports, and the city's office."""
MOST_BYTES = 5_000_000
"""A list of some hundred thousand codes; a whole city's comes by command."""
_SHOWN = 100
_LATEST = 10
_REPORTS = "reports"


@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: Any) -> HttpResponse:
    """The form, what became of the list just handed in, and the lists of reports of late."""
    if request.acting.role not in HANDERS:
        raise PermissionDenied
    today = request.moment.today
    if request.method != "POST":
        values = {"what": _REPORTS, "year": str(today.year - 1), "as_of": today.isoformat()}
        return _page(request, values, {})
    values = {name: request.POST.get(name, "").strip()[:20] for name in ("what", "year", "as_of")}
    given, as_of, errors = request.FILES.get("file"), _day(values["as_of"]), {}
    if given is None:
        errors["file"] = _("请选择文件")
    elif given.size > MOST_BYTES:
        errors["file"] = _("名单超过 5 MB，请分开提交，或用命令导入。")
    if as_of is None or as_of > today:
        errors["as_of"] = _("请填写不晚于今天的日期")
    if values["what"] not in _whats():
        errors["what"] = _("请从所列选项中选择")
    if values["what"] == _REPORTS and not values["year"].isdecimal():
        errors["year"] = _("请填写年度，如 2025")
    if given is None or as_of is None or errors:
        return _page(request, values, errors, status=422)
    refused: list[tuple[int, Fault, str]] = []
    try:
        with _on_disk(given) as path:
            taken = _take(request, values, path, given.name, as_of, refused)
    except NotAListError as error:
        return _page(request, values, {"file": words.Bilingual.parted(str(error)).said}, status=422)
    return _page(request, values, {}, taken=taken, refused=refused)


def _take(
    request: Any,
    values: dict[str, str],
    path: Path,
    name: str,
    as_of: date,
    refused: list[tuple[int, Fault, str]],
) -> Taken:
    acting: Acting = request.acting

    def refuse(line: int, why: Fault, code: str) -> None:
        if len(refused) < _SHOWN:
            refused.append((line, why, code))

    if values["what"] == _REPORTS:
        return take_reports(
            path,
            year=int(values["year"]),
            as_of=as_of,
            acting=acting,
            moment=request.moment,
            file_name=name,
            refuse=refuse,
        )
    return take_equipment(
        path, kind=values["what"], as_of=as_of, acting=acting, file_name=name, refuse=refuse
    )


@contextmanager
def _on_disk(given: Any) -> Iterator[Path]:
    """The file as the reader of files wants it, for as long as it is read."""
    with tempfile.NamedTemporaryFile(prefix="gongzhi-list-", suffix=Path(given.name).suffix[:8]) as kept:
        for piece in given.chunks():
            kept.write(piece)
        kept.flush()
        yield Path(kept.name)


def _page(
    request: Any,
    values: dict[str, str],
    errors: dict[str, str],
    *,
    taken: Taken | None = None,
    refused: list[tuple[int, Fault, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    latest = ReportList.objects.order_by("-id")
    if request.acting.area:
        latest = latest.filter(area__gte=request.acting.area, area__lt=request.acting.area + "~")
    context = {
        "fields": _fields(),
        "values": values,
        "errors": errors,
        "taken": [
            (_("总行数"), taken.rows, "number"),
            (_("新记入"), taken.taken, "number"),
            (_("没有变化"), taken.unchanged, "number"),
            (_("未接受"), taken.rejected.total(), "number"),
        ]
        if taken
        else (),
        "refused": [
            {"line": line, "code": code, "why": words.Bilingual(why.zh, why.en).said}
            for line, why, code in refused or ()
        ],
        "refused_columns": _REFUSED,
        "columns": _COLUMNS,
        "rows": [
            {"name": one.file_name, "year": one.year, "as_of": one.as_of, "by": one.handed_in_by}
            for one in latest[:_LATEST]
        ],
    }
    return render(request, "desk/lists.html", context, status=status)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _whats() -> dict[str, str]:
    return {
        _REPORTS: _("已报送年报的名单"),
        "lift": _("电梯检验有效期"),
        "forklift": _("叉车检验有效期"),
        "boiler": _("锅炉检验有效期"),
    }


def _fields() -> tuple[dict[str, Any], ...]:
    return (
        {
            "name": "what",
            "zh": "名单内容",
            "en": "What it lists",
            "kind": "select",
            "choices": [*_whats().items()],
        },
        {
            "name": "year",
            "zh": "报告年度（年报名单填写）",
            "en": "Year reported on (lists of reports)",
            "kind": "number",
            "required": False,
        },
        {"name": "as_of", "zh": "名单截至日", "en": "The day of the list", "kind": "date"},
        {
            "name": "file",
            "zh": "名单文件",
            "en": "The file",
            "kind": "file",
            "accept": ".csv,.gz,.xlsx",
            "hint_zh": "每行一个统一社会信用代码或注册号；年报可有报送日期，设备须有设备编号和检验有效期至。",
            "hint_en": "One unified code or registration number a row; reports may have the day of filing, equipment"
            " needs its number and the last day of its inspection.",
        },
    )


_COLUMNS = (
    {"key": "name", "label": "文件", "kind": "text"},
    {"key": "year", "label": "报告年度", "kind": "text"},
    {"key": "as_of", "label": "数据基准日", "kind": "day"},
    {"key": "by", "label": "提交人", "kind": "text"},
)
_REFUSED = (
    {"key": "line", "label": "行号", "kind": "number"},
    {"key": "code", "label": "代码", "kind": "code"},
    {"key": "why", "label": "原因", "kind": "text"},
)
