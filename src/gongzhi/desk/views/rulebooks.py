"""One version of the permit rules, and what may be done with it; the list is in `rule_versions`."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction as db_transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from gongzhi.desk import rows as case_rows
from gongzhi.desk import rule_words, timelines, words
from gongzhi.desk.tasks import try_rulebook
from gongzhi.flow.actions import transition
from gongzhi.flow.errors import FormInvalidError, MovedMeanwhileError, NotAllowedError, NotPossibleError
from gongzhi.flow.queries import acts_for
from gongzhi.rulebooks import graph, queries
from gongzhi.rulebooks.actions import RowError, ask_trial, open_draft, take_over
from gongzhi.rulebooks.models import BookEdit
from gongzhi.rulebooks.queries import Version
from gongzhi.rulebooks.tables import TABLES, row_in, shipped

IN_FORCE = 0
"""Stands in addresses for the rules that hold today, whichever they are."""
_EDITABLE = {graph.DRAFT, graph.TESTED}
_OWN_PAGES = {"edit", "test", "open"}
"""Acts that are made elsewhere: by editing rows, and by a trial."""
_TONES = {
    graph.DRAFT: "neutral",
    graph.TESTED: "info",
    graph.PROPOSED: "warn",
    graph.APPROVED: "accent",
    graph.IN_FORCE: "good",
    graph.WITHDRAWN: "rest",
}


def readable(request: Any) -> None:
    """Refuse posts that have nothing to do with the rules."""
    if request.acting.role not in graph.READERS:
        raise PermissionDenied


def keeps(request: Any) -> bool:
    """Whether the post may edit and decide."""
    return request.acting.role in graph.KEEPERS


def version_or_404(request: Any, book_id: int) -> Version:
    """A version that exists."""
    readable(request)
    found = queries.version(book_id, moment=request.moment)
    if found is None:
        raise Http404
    return found


def editable(version: Version) -> bool:
    """Whether its rows may still be edited."""
    return version.case.state in _EDITABLE


def version_name(book: Any) -> str:
    """A version as people call it."""
    return _("第 %(number)s 版 %(title)s") % {"number": book.number, "title": book.title}


def state(one: Version) -> tuple[str, str]:
    """How a version stands: words and tone."""
    return words.state(graph.NAME, one.case.state).said, _TONES[one.case.state]


@require_POST
def rulebook_new(request: Any) -> HttpResponse:
    """Begin a version, or say what is missing; `rule` leads straight to the editor of a rule."""
    readable(request)
    title = request.POST.get("title", "").strip()[:120]
    if not title:
        messages.error(request, _("请为新版本写一个名称。"))
        return HttpResponseRedirect(reverse("rulebooks"))
    try:
        book = open_draft(
            title, request.POST.get("basis", "").strip()[:2000], acting=request.acting, moment=request.moment
        )
    except NotAllowedError:
        raise PermissionDenied from None
    messages.success(request, _("已起草：%(name)s") % {"name": version_name(book)})
    if rule := request.POST.get("rule", "")[:60]:
        address = reverse("rule_row", args=[book.pk, "rules"])
        return HttpResponseRedirect(f"{address}?{_query(key=rule, case=request.POST.get('case', ''))}")
    return HttpResponseRedirect(reverse("rulebook", args=[book.pk]))


def _query(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value})


@require_safe
def rulebook(request: Any, book_id: int) -> HttpResponse:
    """One version: what it changes, how its trial went, what may be done with it."""
    return _page(request, version_or_404(request, book_id))


@require_POST
def rulebook_act(request: Any, book_id: int, action: str) -> HttpResponse:
    """Propose, approve, reject or withdraw. What can't be done comes back with the reason."""
    version = version_or_404(request, book_id)
    if action in _OWN_PAGES:
        raise Http404
    given = {name: request.POST.get(name, "") for name in request.POST}
    try:
        with db_transaction.atomic():
            transition(
                book_id,
                action,
                acting=request.acting,
                moment=request.moment,
                form=given,
                client_key=given.get("client_key", "")[:64] or None,
                expected_seq=int(given["expected_seq"]) if given.get("expected_seq", "").isdigit() else None,
            )
    except FormInvalidError as error:
        spoken = {name: _(message) for name, message in error.errors.items()}
        return _page(request, version, failed=action, values=given, errors=spoken, status=422)
    except MovedMeanwhileError as error:
        problem = _("这个版本刚由%(who)s办过，您的操作没有写入。下面是最新情况。") % {"who": error.by}
        return _page(request, version_or_404(request, book_id), problem=problem, status=409)
    except NotPossibleError as error:
        reason = _(error.reason) if error.reason else _("此事项的状态已变化，不能再做这一步。请看最新情况。")
        return _page(request, version, problem=reason, status=409)
    except NotAllowedError:
        return _page(request, version, problem=_("您现在的岗位不能做这一步。"), status=403)
    done = words.act(graph.NAME, version.case.state, action).said
    messages.success(request, _("已完成：%(act)s") % {"act": done})
    return HttpResponseRedirect(reverse("rulebook", args=[book_id]))


@require_POST
def rulebook_test(request: Any, book_id: int) -> HttpResponse:
    """Hand the version to the worker to be tried."""
    version = version_or_404(request, book_id)
    if not keeps(request) or not editable(version):
        raise PermissionDenied
    latest = queries.latest_approved()
    day = (
        max(request.moment.today, latest.valid_from) if latest and latest.valid_from else request.moment.today
    )
    trial = ask_trial(version.book, on=day, acting=request.acting, moment=request.moment)
    try_rulebook.defer(trial_id=trial.pk)
    return HttpResponseRedirect(reverse("trial", args=[trial.pk]))


@require_POST
def rulebook_take_over(request: Any, book_id: int) -> HttpResponse:
    """Let the draft stand on the version that was approved meanwhile."""
    version = version_or_404(request, book_id)
    if not keeps(request) or not editable(version):
        raise PermissionDenied
    try:
        with db_transaction.atomic():
            take_over(version.book, acting=request.acting, moment=request.moment)
    except RowError as error:
        messages.error(request, "；".join(one.said for one in error.problems))
    else:
        messages.success(request, _("已并入。请重新测试。"))
    return HttpResponseRedirect(reverse("rulebook", args=[book_id]))


def _page(
    request: Any,
    version: Version,
    *,
    failed: str = "",
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    book, case, today = version.book, version.case, request.moment.today
    own = case.state == graph.PROPOSED and keeps(request) and queries.had_a_hand(book.pk, request.acting)
    acts = [
        {
            "edge": one.edge,
            "id": f"act-{one.edge.action}",
            "url": reverse("rulebook_act", args=[book.pk, one.edge.action]),
            "fields": one.form.fields,
            "values": values if one.edge.action == failed else {},
            "errors": errors if one.edge.action == failed else {},
            "opened": one.edge.action == failed,
            "hidden": {"expected_seq": case.seq, "client_key": uuid.uuid4().hex},
        }
        for one in acts_for(request.acting, case, moment=request.moment)
        if one.edge.action not in _OWN_PAGES and not (own and one.edge.action == "approve")
    ]
    edits = queries.edit_rows(book)
    trials = queries.trials(book.pk)
    digest = queries.digest_of(book)
    context = {
        "version": version,
        "name": version_name(book),
        "state": state(version),
        "lamp": case_rows.lamp_of(case) if case.is_open else None,
        "problem": problem,
        "own": own,
        "acts": acts,
        "facts": _facts(version),
        "edits": [_edit(one, book.pk, today) for one in edits],
        "editable": editable(version) and keeps(request),
        "behind": editable(version) and not queries.goes_on_from_latest(book.pk),
        "take_over_url": reverse("rulebook_take_over", args=[book.pk]),
        "tables": [
            (rule_words.table_name(name), reverse("rule_rows", args=[book.pk, name])) for name in TABLES
        ],
        "trials": [_trial(one, digest) for one in trials[:5]],
        "trial_columns": _TRIAL_COLUMNS,
        "test_url": reverse("rulebook_test", args=[book.pk]),
        "try_url": reverse("rule_try", args=[book.pk]),
        "timeline": timelines.entries(queries.journal(book.pk), moment=request.moment),
        "touched_url": f"{reverse('touched')}?book={book.pk}" if case.state == graph.IN_FORCE else "",
    }
    return render(request, "desk/rulebook.html", context, status=status)


def _facts(version: Version) -> list[tuple[Any, ...]]:
    book = version.book
    return [
        (_("规则版本"), queries.digest_of(book), "code"),
        (_("生效日期"), book.valid_from, "day"),
        (_("起草"), book.drafted_by.name),
        (_("批准"), book.approved_by.name if book.approved_by else ""),
        (_("为什么改"), book.basis),
    ]


def _edit(edit: BookEdit, book_id: int, on: Any) -> dict[str, Any]:
    table = TABLES[edit.table]
    how = _how(edit)
    return {
        "table": rule_words.table_name(edit.table),
        "key": edit.key,
        "how": how,
        "changes": rule_words.changes(table, edit.was, edit.row, on) if edit.row else (),
        "row": rule_words.pairs(table, edit.was, on) if edit.row is None and edit.was else (),
        "words": edit.words,
        "by": edit.by,
        "at": edit.at,
        "inherited": edit.inherited,
        # The software brought another row since: the city's own goes on, and somebody should look.
        "moved": edit.was is not None and row_in(shipped(), edit.table, edit.key) != edit.was,
        "url": f"{reverse('rule_row', args=[book_id, edit.table])}?{_query(key=edit.key)}",
    }


def _how(edit: BookEdit) -> tuple[str, str]:
    if edit.row is None:
        return _("停用"), "rest"
    return (_("修改"), "info") if edit.was else (_("新增"), "good")


def trial_state(trial: Any) -> tuple[str, str]:
    """How a trial stands: words and tone."""
    spoken = {
        "waiting": (_("排队中"), "rest"),
        "running": (_("测试中"), "info"),
        "done": (_("已测试"), "good"),
        "stopped": (_("已停止"), "rest"),
        "failed": (_("未能完成"), "bad"),
    }
    return spoken[trial.state]


def _trial(trial: Any, digest: str) -> dict[str, Any]:
    failed = len(trial.report.get("failures", ())) if trial.report else None
    said, tone = trial_state(trial)
    if trial.state == "done" and failed:
        said, tone = _("%(n)s 个示例不符") % {"n": failed}, "bad"
    elif trial.state == "done" and trial.version != digest:
        said, tone = _("此后又改过，须重新测试"), "warn"
    return {
        "url": reverse("trial", args=[trial.pk]),
        "name": _("测试 %(n)s") % {"n": trial.pk},
        "state": (said, tone),
        "scopes": trial.report.get("scopes", trial.done),
        "by": trial.by,
        "at": trial.asked_at,
    }


_TRIAL_COLUMNS = (
    {"key": "name", "label": noop("测试"), "kind": "link"},
    {"key": "state", "label": noop("结果"), "kind": "status"},
    {"key": "scopes", "label": noop("看过的经营范围"), "kind": "number"},
    {"key": "by", "label": noop("由谁提出"), "kind": "text"},
    {"key": "at", "label": noop("时间"), "kind": "moment"},
)
