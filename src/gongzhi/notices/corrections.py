"""After a version of the rules took force: what it touches is listed, and each matter decided by a person.

The going-through is the worker's; nothing about a notice changes by it. Whoever decides acts through the notice's own
graph, so that the decision stands in its journal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db import connection

from gongzhi.catalog.queries import routes
from gongzhi.collector import at_rest
from gongzhi.flow.actions import transition
from gongzhi.flow.errors import FormInvalidError, NotAllowedError, NotPossibleError
from gongzhi.flow.forms import REQUIRED
from gongzhi.flow.moment import Moment
from gongzhi.notices import graph
from gongzhi.notices.actions import open_notices
from gongzhi.notices.anywhere import CORRECTORS
from gongzhi.notices.models import Correction, Notice, NoticePermit, Touched
from gongzhi.notices.rules import Matter, touched
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.registry.events import Known
from gongzhi.registry.models import Business
from gongzhi.rulebooks.models import Book
from gongzhi.rulebooks.queries import book_before, book_of, book_on
from gongzhi.rulebooks.rules import answered
from gongzhi.scopes import Match, RuleBook, match

DECISIONS: Mapping[str, tuple[str, ...]] = {
    "no_longer": ("keep", "withdraw"),
    "otherwise": ("keep", "withdraw"),
    "missing": ("send", "none"),
}
"""What may be decided of each kind of matter."""
DECIDERS = CORRECTORS
ALREADY = "这件事已有决定，请看最新情况。"
NOT_ANY_MORE = "按今天的规则已不涉及这些许可。"

_CITY = 4
"""Digits of a city's code."""
_AT_REST = (Correction.State.STOPPED, Correction.State.DONE)
_PAGE = 2_000
_MOST_KEPT = 50_000
"""Scopes whose answers are kept at hand: registers repeat them."""
_ENDED = ("cancelled", "revoked", "moved_out")


def begin(book: Book, *, moment: Moment) -> Correction:
    """Put down that what a version touches is to be listed; whoever runs it takes it from there."""
    return Correction.objects.create(
        book=book.pk,
        number=book.number,
        before=book_before(book).version,
        after=book_of(book, moment.today).version,
        started_at=moment.at,
        seen_at=moment.at,
    )


def go_through(correction_id: int, *, clock: Callable[[], datetime]) -> None:
    """List what a version touches, page by page, each in a transaction of its own; goes on where it was cut off.

    Once it was stopped, it ends after its page.
    """
    with acting_as(SYSTEM):
        correction = Correction.objects.select_for_update().get(pk=correction_id)
        if correction.state in _AT_REST:
            return
        book = Book.objects.get(pk=correction.book)
        before, after = book_before(book), book_of(book, book.valid_from or clock().date())
        total = Business.objects.exclude(status__in=_ENDED).count()
        _note(correction_id, clock, state=Correction.State.RUNNING, total=total)
    reached, done = correction.reached, correction.done
    kept: dict[str, tuple[Match, Match]] = {}
    while True:
        with acting_as(SYSTEM):
            still = Correction.objects.filter(pk=correction_id, state=Correction.State.RUNNING)
            if not still.exists():
                return
            rows = list(
                Business.objects.filter(pk__gt=reached)
                .exclude(status__in=_ENDED)
                .order_by("pk")
                .values_list("pk", "scope")[:_PAGE]
            )
            if not rows:
                still.update(seen_at=clock(), state=Correction.State.DONE)
                return
            with at_rest():
                _list(correction_id, rows, before, after, kept)
            reached, done = rows[-1][0], done + len(rows)
            _note(correction_id, clock, reached=reached, done=done)


def stop(correction_id: int, *, acting: Acting, moment: Moment) -> None:
    """Have what is under way rest, its matters so far staying listed. Raises NotAllowedError."""
    _may_stop(acting)
    Correction.objects.filter(pk=correction_id).exclude(state__in=_AT_REST).update(
        state=Correction.State.STOPPED, stopped_by=acting.signature, seen_at=moment.at
    )


def go_on(correction_id: int, *, acting: Acting, moment: Moment) -> bool:
    """Let what was stopped go on where it was; says whether it was at rest. Raises NotAllowedError."""
    _may_stop(acting)
    stopped = Correction.objects.filter(pk=correction_id, state=Correction.State.STOPPED)
    return bool(stopped.update(state=Correction.State.WAITING, stopped_by=None, seen_at=moment.at))


def may_stop(acting: Acting) -> bool:
    """Whether a post stops a listing and lets it go on: it is the whole city's, whoever decides its matters."""
    return acting.role in DECIDERS and len(acting.area) == _CITY


def _may_stop(acting: Acting) -> None:
    if not may_stop(acting):
        raise NotAllowedError(f"{acting.role} of {acting.area} stops no listing")


def _may_decide(acting: Acting) -> None:
    if acting.role not in DECIDERS:
        raise NotAllowedError(f"{acting.role} decides no correction")


def _note(correction_id: int, clock: Callable[[], datetime], **also: object) -> None:
    Correction.objects.filter(pk=correction_id).update(seen_at=clock(), **also)


def _list(
    correction_id: int,
    rows: Iterable[tuple[int, str]],
    before: RuleBook,
    after: RuleBook,
    kept: dict[str, tuple[Match, Match]],
) -> None:
    other: dict[int, tuple[Match, Match]] = {}
    for business_id, scope in rows:
        pair = kept.get(scope)
        if pair is None:
            pair = match(scope, before), match(scope, after)
            if len(kept) < _MOST_KEPT:
                kept[scope] = pair
        if answered(pair[0]) != answered(pair[1]):
            other[business_id] = pair
    if not other:
        return
    still, told = _told(other)
    Touched.objects.bulk_create(
        (
            _row(correction_id, business_id, matter, *pair)
            for business_id, pair in other.items()
            for matter in touched(still[business_id], told[business_id], answered(pair[0]), answered(pair[1]))
        ),
        ignore_conflicts=True,
    )


def _told(business_ids: Iterable[int]) -> tuple[dict[int, dict[int, list[str]]], dict[int, set[str]]]:
    """By business: the permits of each open notice, and those that departments have answered for."""
    still: dict[int, dict[int, list[str]]] = defaultdict(dict)
    told: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.business_id, n.case_id, c.is_open,"
            " ARRAY(SELECT p.permit FROM notices_noticepermit p WHERE p.notice_id = n.case_id)"
            " FROM notices_notice n JOIN flow_case c ON c.id = n.case_id"
            " WHERE n.business_id = ANY(%s) AND (c.is_open OR c.state = %s) ORDER BY n.case_id",
            [list(business_ids), graph.FED_BACK],
        )
        for business_id, case_id, is_open, permits in cursor.fetchall():
            if is_open:
                still[business_id][case_id] = permits
            else:
                told[business_id].update(permits)
    return still, told


def _row(correction_id: int, business_id: int, matter: Matter, before: Match, after: Match) -> Touched:
    return Touched(
        correction_id=correction_id,
        business_id=business_id,
        notice_id=matter.notice,
        kind=matter.kind,
        permits=list(matter.permits),
        before=_spoken(before, matter),
        after=_spoken(after, matter),
    )


def _spoken(answer: Match, matter: Matter) -> dict[str, list[str]]:
    return {hit.code: [hit.certainty, hit.rule] for hit in answer.permits if hit.code in matter.permits}


def decide(touched_id: int, decision: str, words: str, *, acting: Acting, moment: Moment) -> Touched:
    """Decide one matter, with reasons, inside the caller's transaction; returns it as it is then.

    Raises NotAllowedError, NotPossibleError (decided already, or no such decision), FormInvalidError (no reasons),
    and what a move of the notice raises.
    """
    _may_decide(acting)
    if not words.strip():
        raise FormInvalidError({"words": REQUIRED})
    row = Touched.objects.select_for_update(of=("self",)).select_related("correction").get(pk=touched_id)
    if row.decision:
        raise NotPossibleError(decision, row.decision, ALREADY)
    if decision not in DECISIONS[row.kind]:
        raise NotPossibleError(decision, row.kind)
    if decision == "send":
        _send(row, acting, moment)
    still = row.notice_id and Notice.objects.filter(pk=row.notice_id, case__is_open=True).exists()
    if still and decision != "none":
        # Sending takes a line off the claim list: the scope is no longer one that calls for nothing.
        action = "uphold" if decision == "keep" else "retract"
        transition(int(row.notice_id or 0), action, acting=acting, moment=moment, form={"words": words})
    record([row.pk], decision, words, acting=acting, moment=moment)
    row.refresh_from_db()
    return row


def record(ids: Iterable[int], decision: str, words: str, *, acting: Acting, moment: Moment) -> None:
    """Write down what was decided of matters that are not decided yet, and by whom."""
    Touched.objects.filter(pk__in=list(ids), decision__isnull=True).update(
        decision=decision,
        words=words.strip(),
        decided_by=acting.signature,
        decided_post=acting.post_id,
        decided_at=moment.at,
    )


def _send(row: Touched, acting: Acting, moment: Moment) -> None:
    """Tell the departments of the permits that nobody was told of, by the rules that hold today."""
    business = Business.objects.get(pk=row.business_id)
    answer = match(business.scope, book_on(moment.today))
    hits = tuple(hit for hit in answer.permits if hit.code in row.permits)
    if not hits:
        raise NotPossibleError("send", row.kind, NOT_ANY_MORE)
    routing = routes(moment.today)

    def departments_for(permit: str, area: str) -> tuple[str, ...]:
        route = routing.route(permit, area)
        return route.notice if route else ()

    known = Known(
        business_id=business.pk,
        uscc=business.uscc,
        name=business.name,
        scope=business.scope,
        match=Match(hits, answer.version),
        address=business.address,
        door_key=business.door_key,
        area=business.area,
        placed=business.placed,
        method=business.method,
        confidence=business.confidence,
        counts_from=moment.today,
        stock=False,
    )
    named = NoticePermit.objects.filter(notice__business_id=business.pk, notice__case__is_open=True)
    open_notices(
        [known],
        cause="rule_corrected",
        departments_for=departments_for,
        acting=acting,
        moment=moment,
        told={(business.pk, code) for code in named.values_list("permit", flat=True)},
    )
