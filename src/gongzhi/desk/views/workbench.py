"""The workbench on one version of the rules: find a row, edit it, and try a scope on what stands there now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction as db_transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.desk import rule_words
from gongzhi.desk.spreadsheet import spreadsheet
from gongzhi.desk.views.rulebooks import IN_FORCE, editable, keeps, readable, version_name, version_or_404
from gongzhi.flow.errors import FlowError
from gongzhi.notices import queries as notices
from gongzhi.registry.rules import LONGEST_SCOPE
from gongzhi.rulebooks import queries
from gongzhi.rulebooks.actions import RowError, put_row, retire_row, undo_edit
from gongzhi.rulebooks.models import Book
from gongzhi.rulebooks.queries import Version
from gongzhi.rulebooks.tables import RULES, TABLES, Row, Table, row_in, rows_of
from gongzhi.scopes import Explanation, PermitHit, RuleBook, explain

_SIZE = 30


@require_safe
def rule_rows(request: Any, book_id: int, table: str) -> HttpResponse:
    """The rows of a table that speak of a word or a permit."""
    version, book = _version(request, book_id)
    described = _table(table)
    wanted = request.GET.get("q", "").strip()[:100]
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdigit()):
        raise Http404
    first = int(after[:9])
    today = request.moment.today
    edited = {edit.key: edit for edit in queries.edits(book) if edit.table == table} if book else {}
    found = [
        row for row in rows_of(queries.texts_of(book)[table]) if rule_words.matches(described, row, wanted)
    ]
    items = [
        {
            **rule_words.listed(table, row, today),
            "key": row[described.key],
            "url": f"{reverse('rule_row', args=[book_id, table])}?{urlencode({'key': row[described.key]})}",
            "edited": row[described.key] in edited,
        }
        for row in found[first : first + _SIZE]
    ]
    kept = {"q": wanted} if wanted else {}
    context = {
        **_frame(version, book_id),
        "table": table,
        "title": rule_words.table_name(table),
        "tabs": [
            {
                "label": rule_words.table_name(name),
                "url": f"{reverse('rule_rows', args=[book_id, name])}?{urlencode(kept)}",
                "current": name == table,
            }
            for name in TABLES
        ],
        "items": items,
        "total": len(found),
        "filters": _FILTERS,
        "values": {"q": wanted},
        "clear_url": reverse("rule_rows", args=[book_id, table]),
        "export_url": f"{reverse('rule_rows_export', args=[book_id, table])}?{urlencode(kept)}",
        "new_url": reverse("rule_row", args=[book_id, table]) if _may_edit(request, version) else "",
        "next_url": f"?{urlencode({**kept, 'after': first + _SIZE})}" if len(found) > first + _SIZE else "",
        "first_url": f"?{urlencode(kept)}" if first else "",
    }
    return render(request, "desk/rule_rows.html", context)


@require_safe
def rule_rows_export(request: Any, book_id: int, table: str) -> HttpResponse:
    """A table as it is searched, whole, as a workbook: what a lawyer reads and marks."""
    version, book = _version(request, book_id)
    described = _table(table)
    wanted = request.GET.get("q", "").strip()[:100]
    found = [
        row for row in rows_of(queries.texts_of(book)[table]) if rule_words.matches(described, row, wanted)
    ]
    heads = [rule_words.label(column) for column in described.columns]
    today = request.moment.today
    cells = (
        [rule_words.cell_said(column, row.get(column.name, ""), today) for column in described.columns]
        for row in found
    )
    title = f"{rule_words.table_name(table)} {version_name(version.book) if version else _('现行规则')}"
    return spreadsheet(title, heads, cells, day=today)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_row(request: Any, book_id: int, table: str) -> HttpResponse:
    """One row in words; in a draft also as a form to change it, to retire it, or to take an edit back."""
    version, book = _version(request, book_id)
    described = _table(table)
    key = (request.POST if request.method == "POST" else request.GET).get("key", "")[:LONGEST_SCOPE]
    if request.method == "POST":
        if version is None or not _may_edit(request, version):
            raise PermissionDenied
        return _save(request, version, described, key)
    row = row_in(queries.texts_of(book), table, key) if key else None
    retired = None
    if key and row is None:
        retired = (
            next((e for e in queries.edits(book) if (e.table, e.key) == (table, key)), None) if book else None
        )
        # A notice may rest on a rule of an earlier version, which holds no more.
        if retired is None and not (version is None and table == RULES and _case(request)):
            raise Http404
    if not key and not _may_edit(request, version):
        raise Http404
    return _row_page(request, version, described, key, row or (retired.was if retired else None))


def _save(request: Any, version: Version, table: Table, key: str) -> HttpResponse:
    book, how = version.book, request.POST.get("how", "save")
    said = {"acting": request.acting, "moment": request.moment}
    why = request.POST.get("words", "").strip()[:1000]
    row = rule_words.given(table, request.POST)
    if how != "undo" and not why:
        errors = {"words": [_("请填写此项")]}
        return _row_page(
            request, version, table, key, None, given=request.POST, errors=errors, status=422, how=how
        )
    try:
        with db_transaction.atomic():
            if how == "undo":
                undo_edit(book, table.name, key, **said)
            elif how == "retire":
                retire_row(book, table.name, key, words=why, **said)
            else:
                put_row(book, table.name, row, was=key or None, words=why, **said)
    except RowError as error:
        errors = dict(rule_words.errors(error.problems))
        return _row_page(
            request, version, table, key, None, given=request.POST, errors=errors, status=422, how=how
        )
    except FlowError:
        messages.error(request, _("此事项的状态已变化，不能再做这一步。请看最新情况。"))
        return HttpResponseRedirect(reverse("rulebook", args=[book.pk]))
    messages.success(request, _("已记入草稿。测试后才能提请批准。"))
    if how == "save" and table.name == RULES:
        kept = {"key": key or row["rule"], "case": request.POST.get("case", "")}
        address = f"{reverse('rule_row', args=[book.pk, table.name])}?{urlencode({k: v for k, v in kept.items() if v})}"
        return HttpResponseRedirect(address)
    return HttpResponseRedirect(reverse("rulebook", args=[book.pk]))


def _row_page(
    request: Any,
    version: Version | None,
    table: Table,
    key: str,
    row: Row | None,
    *,
    given: Any = None,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
    how: str = "",
) -> HttpResponse:
    book = version.book if version else queries.in_force(request.moment.today)
    book_id = version.book.pk if version else IN_FORCE
    today = request.moment.today
    stands = row_in(queries.texts_of(book), table.name, key) if key else None
    values = rule_words.shown(table, stands or row or {})
    if given is not None and how == "save":
        values = rule_words.shown(table, rule_words.given(table, given)) | {"words": given.get("words", "")}
    edit = (
        next((e for e in queries.edits(book) if (e.table, e.key) == (table.name, key)), None)
        if version
        else None
    )
    case = _case(request)
    may_edit = _may_edit(request, version)
    context = {
        **_frame(version, book_id),
        "table": table,
        "title": f"{rule_words.table_name(table.name)} {key}" if key else rule_words.table_name(table.name),
        "heading": _heading(table, key, stands or row),
        "key": key,
        "pairs": rule_words.pairs(table, stands or row or {}, today),
        "retired": bool(key and stands is None),
        "gone": bool(key and stands is None and version is None),
        "changes": rule_words.changes(table, edit.was, edit.row, today)
        if edit and edit.row and edit.was
        else (),
        "fields": rule_words.fields(table, stands or row or {}, new=not key) if may_edit else (),
        "values": values,
        "errors": errors or {},
        "retiring": how == "retire",
        "hidden": {"key": key, "how": "save", "case": request.GET.get("case", "")},
        "edited": edit is not None,
        "may_edit": may_edit,
        "case": case,
        "tried": _tried(request, version, case["scope"], key if table.name == RULES else "")
        if case
        else None,
        "rows_url": reverse("rule_rows", args=[book_id, table.name]),
        **(_ways_to_correct(request, key, case) if version is None and key and table.name == RULES else {}),
    }
    return render(request, "desk/rule_row.html", context, status=status)


def _heading(table: Table, key: str, row: Row | None) -> str:
    if not key:
        return _("新增一条")
    return (row or {}).get("meaning", key) if table.name == RULES else key[:80]


def _ways_to_correct(request: Any, key: str, case: dict[str, Any] | None) -> dict[str, Any]:
    """For who keeps the rules: the drafts in which this rule may be corrected, or a new one."""
    if not keeps(request):
        said = {"rule": key, "scope": case["scope"] if case else "", "case": case["id"] if case else ""}
        return {"remark_fields": _REMARK_FIELDS, "remark_hidden": said}
    more = {"key": key, **({"case": case["id"]} if case else {})}
    return {
        "drafts": [
            (version_name(one.book), f"{reverse('rule_row', args=[one.book.pk, RULES])}?{urlencode(more)}")
            for one in queries.open_drafts(moment=request.moment)
        ],
        "draft_title": _("更正 %(rule)s") % {"rule": key},
        "draft_case": case["id"] if case else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def rule_try(request: Any, book_id: int) -> HttpResponse:
    """One scope, tried on the rules in force and on this version: what each calls for and why."""
    version, _book = _version(request, book_id)
    case = _case(request)
    scope = request.POST.get("scope", "") if request.method == "POST" else (case["scope"] if case else "")
    scope = scope.strip()[:LONGEST_SCOPE]
    context = {
        **_frame(version, book_id),
        "title": _("试一试"),
        "fields": _TRY_FIELDS,
        "values": {"scope": scope},
        "tried": _tried(request, version, scope) if scope else None,
    }
    return render(request, "desk/rule_try.html", context)


def _tried(request: Any, version: Version | None, scope: str, rule: str = "") -> dict[str, Any]:
    """What a scope calls for by the rules in force and by a version, and what was left out and why."""
    today = request.moment.today
    held = queries.book_on(today)
    book = queries.book_of(version.book, today) if version else held
    before = explain(scope, held)
    after = explain(scope, book) if version else before
    was = {hit.code: hit for hit in before.match.permits}
    now = {hit.code: hit for hit in after.match.permits}
    return {
        "lines": [
            {
                "permit": rule_words.permit(code, today),
                "before": rule_words.certainty(was[code].certainty if code in was else ""),
                "after": rule_words.certainty(now[code].certainty if code in now else ""),
                "same": code in was and code in now and was[code].certainty == now[code].certainty,
                "why": _why(scope, now[code], book, version, today)
                if code in now
                else _why(scope, was[code], held, None, today),
            }
            for code in sorted({*was, *now})
        ],
        "compared": version is not None,
        "excluded": _excluded(after, version, rule),
        "unmatched": [item.text for item in after.unmatched][:30],
        "scope": scope,
    }


def _why(scope: str, hit: PermitHit, book: RuleBook, version: Version | None, on: Any) -> dict[str, Any]:
    meaning = next((one.meaning for one in book.rules if one.id == hit.rule), "")
    address = reverse("rule_row", args=[version.book.pk if version else IN_FORCE, RULES])
    return {
        "text": scope,
        "words": [{"text": w.text, "start": w.start, "end": w.end} for w in hit.words],
        "rule": hit.rule,
        "rule_words": meaning,
        "rule_url": f"{address}?{urlencode({'key': hit.rule})}",
        "version": book.version,
        "basis": hit.basis,
        "certainty": hit.certainty,
        "facts": [(_("许可事项"), rule_words.permit(hit.code, on))],
    }


def _excluded(after: Explanation, version: Version | None, rule: str) -> list[dict[str, Any]]:
    """Words that a rule knows and that call for nothing here; those of the rule at hand come first."""
    address = reverse("rule_row", args=[version.book.pk if version else IN_FORCE, RULES])
    found = sorted(after.excluded, key=lambda one: one.rule != rule)
    return [
        {
            "words": one.words.text,
            "rule": one.rule,
            "reason": rule_words.reason(one.reason),
            "url": f"{address}?{urlencode({'key': one.rule})}",
        }
        for one in found[:40]
    ]


def _case(request: Any) -> dict[str, Any] | None:
    """The notice from whose page somebody came, as far as they may see it."""
    number = request.GET.get("case", "") or request.POST.get("case", "")
    if not (number.isascii() and number.isdigit()):
        return None
    notice = notices.notice(int(number[:18]))
    if notice is None:
        return None
    return {
        "id": notice.pk,
        "name": notice.business.name,
        "scope": notice.business.scope,
        "url": reverse("case", args=[notice.pk]),
    }


def _version(request: Any, book_id: int) -> tuple[Version | None, Book | None]:
    """The version of an address, or the rules that hold today (None while those are the shipped ones)."""
    readable(request)
    if book_id == IN_FORCE:
        return None, queries.in_force(request.moment.today)
    version = version_or_404(request, book_id)
    return version, version.book


def _table(name: str) -> Table:
    if name not in TABLES:
        raise Http404
    return TABLES[name]


def _may_edit(request: Any, version: Version | None) -> bool:
    return version is not None and keeps(request) and editable(version)


def _frame(version: Version | None, book_id: int) -> dict[str, Any]:
    return {
        "book_name": version_name(version.book) if version else _("现行规则"),
        "book_url": reverse("rulebook", args=[book_id]) if version else reverse("rulebooks"),
        "try_url": reverse("rule_try", args=[book_id]),
    }


_FILTERS = (
    {
        "name": "q",
        "zh": "许可代码、规则编号或词语",
        "en": "Permit, rule or word",
        "kind": "search",
        "required": False,
    },
)
_TRY_FIELDS = (
    {
        "name": "scope",
        "zh": "经营范围",
        "en": "Business scope",
        "kind": "textarea",
        "rows": 4,
        "max_length": LONGEST_SCOPE,
        "hint_zh": "粘贴一段登记的经营范围，看看会判定出什么、依据哪条规则；不会写入任何数据。",
        "hint_en": "Paste a scope to see what it calls for and by which rule. Nothing is written.",
    },
)
_REMARK_FIELDS = (
    {
        "name": "words",
        "zh": "哪里不对，应当怎样",
        "en": "What is wrong, and what it should be",
        "kind": "textarea",
        "rows": 3,
        "max_length": 1000,
    },
)
