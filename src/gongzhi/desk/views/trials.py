"""The trial of a version: how far it has come, what it found, the scopes behind each figure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from gongzhi.desk import rule_words
from gongzhi.desk.spreadsheet import workbook
from gongzhi.desk.views.progress import bar
from gongzhi.desk.views.rulebooks import keeps, readable, trial_state, version_name
from gongzhi.rulebooks import queries
from gongzhi.rulebooks.actions import stop_trial
from gongzhi.rulebooks.models import BookTrial

_SIZE = 30
_SHOWN = 40
_SILENCE = timedelta(minutes=5)


@require_safe
def trial(request: Any, trial_id: int) -> HttpResponse:
    """How far a trial has come; when it has ended, what it found."""
    found = _trial(request, trial_id)
    context = {
        "trial": found,
        "title": _("测试 %(n)s") % {"n": found.pk},
        "book_name": version_name(found.book),
        "book_url": reverse("rulebook", args=[found.book_id]),
        "state": trial_state(found),
        "work": _work(found, request),
        "silent_worker": not found.ended and request.moment.at - found.seen_at > _SILENCE,
        "stale": found.state == "done" and queries.digest_of(found.book) != found.version,
        "export_url": reverse("trial_report", args=[found.pk]) if found.report else "",
        **(_report(found, request.moment.today) if found.report else {}),
    }
    return render(request, "desk/trial.html", context)


@require_safe
def trial_progress(request: Any, trial_id: int) -> HttpResponse:
    """How far a trial has come, for the page that asks until it has ended."""
    found = _trial(request, trial_id)
    return bar(request, None if found.ended else _work(found, request))


@require_POST
def trial_stop(request: Any, trial_id: int) -> HttpResponse:
    """Ask the worker to stop."""
    if not keeps(request):
        raise PermissionDenied
    stop_trial(_trial(request, trial_id).pk)
    return HttpResponseRedirect(reverse("trial", args=[trial_id]))


@require_safe
def trial_scopes(request: Any, trial_id: int) -> HttpResponse:
    """The scopes that a version answers otherwise, for one permit or all."""
    found = _trial(request, trial_id)
    permit, way, after = (request.GET.get(name, "") for name in ("permit", "way", "after"))
    if after and not (after.isascii() and after.isdigit()):
        raise Http404
    first, today = int(after[:9] or 0), request.moment.today
    rows = queries.trial_scopes(found.pk, permit[:12], way=way, after=first, size=_SIZE + 1)
    kept = {name: value for name, value in (("permit", permit), ("way", way)) if value}
    context = {
        "trial_url": reverse("trial", args=[found.pk]),
        "title": rule_words.permit(permit, today) if permit else _("判定有变化的经营范围"),
        "note": {"gained": _("新增推送"), "lost": _("不再推送")}.get(way, _("判定有变化")),
        "items": [_scope(row, today) for row in rows[:_SIZE]],
        "next_url": f"?{urlencode({**kept, 'after': first + _SIZE})}" if len(rows) > _SIZE else "",
        "first_url": f"?{urlencode(kept)}" if first else "",
    }
    return render(request, "desk/trial_scopes.html", context)


@require_safe
def trial_report(request: Any, trial_id: int) -> FileResponse:
    """The whole report as a workbook, a sheet for each part."""
    found = _trial(request, trial_id)
    if not found.report:
        raise Http404
    today, report = request.moment.today, found.report
    sheets = [
        (
            _("许可前后对比"),
            [
                _("许可"),
                _("推送：现行"),
                _("推送：新版"),
                _("由人确认：现行"),
                _("由人确认：新版"),
                _("新增推送"),
                _("不再推送"),
            ],
            (
                [
                    rule_words.permit(s["permit"], today),
                    s["pushed_before"],
                    s["pushed_after"],
                    s["asked_before"],
                    s["asked_after"],
                    s["gained"],
                    s["lost"],
                ]
                for s in report["shifts"]
            ),
        ),
        (
            _("有变化的经营范围"),
            [_("经营范围"), _("户数"), _("现行判定"), _("新版判定")],
            (
                [row.scope, row.businesses, _answers(row.before, today), _answers(row.after, today)]
                for row in queries.trial_scopes(found.pk, "", size=1_000_000)
            ),
        ),
        (
            _("不符的存档示例"),
            [_("经营范围"), _("应为"), _("实为"), _("理由与依据")],
            (
                [
                    f["scope"],
                    _certainties(f["expected"], today),
                    _certainties(f["answered"], today),
                    f["reason"],
                ]
                for f in report["failures"]
            ),
        ),
        (
            _("规则冲突"),
            [_("规则"), _("规则"), _("冲突"), _("词语"), _("许可")],
            (
                [c["first"], c["second"], _conflict(c["how"]), "、".join(c["words"]), "、".join(c["permits"])]
                for c in report["conflicts"]
            ),
        ),
        (
            _("从不起作用的规则"),
            [_("规则"), _("被哪条盖过"), _("怎样")],
            ([s["rule"], s["by"], _shadow(s["how"])] for s in report["shadows"]),
        ),
        (
            _("没有遇到的词"),
            [_("规则"), _("词语")],
            ([rule, word] for rule, some in report["silent"].items() for word in some),
        ),
        (_("没有规则的活动"), [_("活动"), _("户数")], (list(gap) for gap in report["gaps"])),
    ]
    return workbook(_("规则测试报告"), sheets, day=today)


def _trial(request: Any, trial_id: int) -> BookTrial:
    readable(request)
    found = queries.trial(trial_id)
    if found is None:
        raise Http404
    return found


def _work(found: BookTrial, request: Any) -> dict[str, Any]:
    may_stop = keeps(request) and not found.stop_asked
    return {
        "label": _("等待开始") if found.state == "waiting" else _("正在逐条对比经营范围"),
        "done": found.done,
        "total": found.total or None,
        "id": "trial",
        "poll_url": reverse("trial_progress", args=[found.pk]),
        "stop_url": reverse("trial_stop", args=[found.pk]) if may_stop else "",
    }


def _report(found: BookTrial, today: Any) -> dict[str, Any]:
    report = found.report
    address = reverse("trial_scopes", args=[found.pk])
    shifts = [_shift(one, address, today) for one in report["shifts"]]
    return {
        "tiles": [
            {
                "label": _("看过的经营范围"),
                "value": report["scopes"],
                "icon": "scope",
                "note": _("涉及 %(n)s 户") % {"n": report["businesses"]},
            },
            {
                "label": _("判定有变化的许可"),
                "value": report["changed"],
                "icon": "flag",
                "url": address if report["changed"] else "",
                "tone": "warn" if report["changed"] else "",
            },
            {
                "label": _("不符的存档示例"),
                "value": len(report["failures"]),
                "icon": "warning",
                "tone": "bad" if report["failures"] else "good",
                "note": _("共 %(n)s 个") % {"n": report["examples"]},
            },
            {"label": _("不涉及任何许可"), "value": report["nothing"], "icon": "search"},
        ],
        "columns": _COLUMNS,
        "changed": [one for one in shifts if one["changed"]],
        "same": [one for one in shifts if not one["changed"]],
        "failures": [
            {
                **one,
                "expected": _certainties(one["expected"], today),
                "answered": _certainties(one["answered"], today),
                "url": f"{reverse('rule_row', args=[found.book_id, 'examples'])}?{urlencode({'key': one['scope']})}",
            }
            for one in report["failures"]
        ],
        "conflicts": [
            {
                **one,
                "how": _conflict(one["how"]),
                "words": _("、").join(one["words"]),
                "permits": rule_words.permits(one["permits"], today),
                "urls": [(rule, _rule_url(found, rule)) for rule in (one["first"], one["second"])],
            }
            for one in report["conflicts"]
        ],
        "shadows": [
            {
                "urls": [(rule, _rule_url(found, rule)) for rule in (one["rule"], one["by"])],
                "how": _shadow(one["how"]),
            }
            for one in report["shadows"]
        ],
        "silent": [
            {
                "rule": rule,
                "url": _rule_url(found, rule),
                "n": len(some),
                "words": _("、").join(some[:_SHOWN]),
            }
            for rule, some in report["silent"].items()
        ],
        "silent_total": sum(len(some) for some in report["silent"].values()),
        "gaps": report["gaps"][:_SHOWN],
        "gaps_total": len(report["gaps"]),
    }


def _shift(one: dict[str, Any], address: str, today: Any) -> dict[str, Any]:
    changed = one["gained"] or one["lost"] or one["asked_before"] != one["asked_after"]
    return {
        **one,
        "name": rule_words.permit(one["permit"], today),
        "url": f"{address}?{urlencode({'permit': one['permit']})}" if changed else "",
        "changed": bool(changed),
    }


def _scope(row: Any, today: Any) -> dict[str, Any]:
    return {
        "scope": row.scope,
        "businesses": row.businesses,
        "lines": [
            {
                "permit": rule_words.permit(code, today),
                "before": rule_words.certainty(row.before.get(code, ["", ""])[0]),
                "after": rule_words.certainty(row.after.get(code, ["", ""])[0]),
                "rule": row.after.get(code, row.before.get(code))[1],
            }
            for code in row.permits
        ],
    }


def _rule_url(found: BookTrial, rule: str) -> str:
    return f"{reverse('rule_row', args=[found.book_id, 'rules'])}?{urlencode({'key': rule})}"


def _certainties(answer: dict[str, str], today: Any) -> str:
    said = [
        f"{rule_words.permit(code, today)}（{rule_words.certainty(how)[0]}）"
        for code, how in sorted(answer.items())
    ]
    return _("、").join(said) or _("不涉及")


def _answers(answer: dict[str, list[str]], today: Any) -> str:
    return _certainties({code: how for code, (how, _rule) in answer.items()}, today)


def _conflict(how: str) -> str:
    return {
        "certainty": _("同样的词，一条直接推送，一条由人确认"),
        "yielding": _("互相让位，哪条都不作数"),
    }[how]


def _shadow(how: str) -> str:
    return {"covered": _("另一条在所有情形下都已包含它"), "outdone": _("样本中每次都由另一条决定")}[how]


_COLUMNS = (
    {"key": "name", "label": noop("许可或备案"), "kind": "link"},
    {"key": "pushed_before", "label": noop("推送：现行"), "kind": "number"},
    {"key": "pushed_after", "label": noop("推送：新版"), "kind": "number"},
    {"key": "gained", "label": noop("新增推送"), "kind": "number"},
    {"key": "lost", "label": noop("不再推送"), "kind": "number"},
    {"key": "asked_before", "label": noop("由人确认：现行"), "kind": "number"},
    {"key": "asked_after", "label": noop("由人确认：新版"), "kind": "number"},
)
