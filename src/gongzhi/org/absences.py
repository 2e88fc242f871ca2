"""The only writer of absences: somebody is away from a day to a day, somebody stands in, they are back early."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from gongzhi.org import rules
from gongzhi.org.access import elevated
from gongzhi.org.acting import Acting
from gongzhi.org.models import Absence, Person, Post
from gongzhi.org.roles import Role
from gongzhi.org.rules import Days, Kind, Refusal


class AbsenceRefusedError(Exception):
    """What was said can't stand; `refusal` says why, `about` who or what is in the way."""

    def __init__(self, refusal: Refusal, about: str = "") -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.about = about


class NotLookedAfterError(PermissionError):
    """The post is not one that this post speaks for."""


class When(NamedTuple):
    """The instant at which something is said, and its day in Asia/Shanghai."""

    at: datetime
    today: date


def say_away(
    post_id: int,
    first: date,
    last: date,
    kind: Kind,
    *,
    acting: Acting,
    when: When,
    substitute_id: int | None = None,
) -> Absence:
    """Say that whoever holds a post is away from `first` to `last`, and who stands in if that is known already.

    One transaction; raises Post.DoesNotExist, NotLookedAfterError, AbsenceRefusedError.
    """
    with transaction.atomic():
        post = Post.objects.select_related("person").get(pk=post_id)
        _guard(acting, post)
        stands_in = _post(substitute_id) if substitute_id is not None else None
        _lock([post, stands_in])
        if wrong := rules.wrong_days(first, last, when.today):
            raise AbsenceRefusedError(wrong)
        span = rules.days(first, last)
        if post.substitutes_id is not None or not span.within(post.valid_from, post.valid_to):
            raise AbsenceRefusedError(Refusal.NOT_HELD)
        if other := _first_overlap(Absence.objects.filter(post=post), span):
            raise AbsenceRefusedError(Refusal.OVERLAPS, f"{other.first_day} – {other.last_day}")
        if other_post := _stands_in_for(post.person_id, span):
            raise AbsenceRefusedError(Refusal.STANDS_IN, other_post.title)
        absence = Absence.objects.create(
            post=post,
            role=post.role,
            area=post.area,
            department=post.department_id,
            kind=kind,
            first_day=first,
            last_day=last,
            said_by=acting.signature,
            said_at=when.at,
        )
        if stands_in is not None:
            _name(absence, post, stands_in, acting=acting, when=when)
        return absence


def name_substitute(absence_id: int, substitute_id: int, *, acting: Acting, when: When) -> Absence:
    """Name who stands in for what is left of an absence; a dated post begins and ends with it.

    Of two who name somebody at once, the second is told. Raises Absence.DoesNotExist, Post.DoesNotExist,
    NotLookedAfterError, AbsenceRefusedError.
    """
    with transaction.atomic():
        absence = _locked(absence_id)
        post = Post.objects.select_related("person").get(pk=absence.post_id)
        _guard(acting, post)
        substitute = _post(substitute_id)
        _lock([post, substitute])
        if absence.substitute_id is not None:
            raise AbsenceRefusedError(Refusal.NAMED_ALREADY, absence.named_by)
        _name(absence, post, substitute, acting=acting, when=when)
        return absence


def end_early(absence_id: int, back_on: date, *, acting: Acting, when: When) -> Absence:
    """Say that somebody is back on a day before their absence would have ended; who stood in stops the day before.

    A day back that is the absence's first day takes it back whole. Raises Absence.DoesNotExist, NotLookedAfterError,
    AbsenceRefusedError.
    """
    with transaction.atomic():
        absence = _locked(absence_id)
        _guard(acting, absence.post)
        if absence.ended_on is not None:
            raise AbsenceRefusedError(Refusal.ENDED_ALREADY, absence.ended_by)
        if wrong := rules.wrong_return(rules.days(absence.first_day, absence.last_day), back_on, when.today):
            raise AbsenceRefusedError(wrong)
        absence.ended_on, absence.ended_by, absence.ended_at = back_on, acting.signature, when.at
        absence.save(update_fields=["ended_on", "ended_by", "ended_at"])
        if absence.standing_in_id is not None:
            Post.objects.filter(pk=absence.standing_in_id).update(valid_to=back_on)
        return absence


def _name(absence: Absence, post: Post, substitute: Post, *, acting: Acting, when: When) -> None:
    span = rules.days(absence.first_day, absence.last_day, absence.ended_on)
    # Nobody held a post in the past that they are only given today.
    span = Days(max(span.first, when.today), span.until)
    if span.first >= span.until:
        raise AbsenceRefusedError(Refusal.OVER)
    if wrong := _unfit(post, substitute, span, acting):
        raise AbsenceRefusedError(wrong, substitute.person.name)
    standing_in = Post.objects.create(
        person=substitute.person,
        role=post.role,
        area=post.area,
        department_id=post.department_id,
        title=f"{post.title[:114]}（顶岗）",
        title_en=f"{post.title_en[:140]} (standing in)" if post.title_en else "",
        substitutes=post,
        valid_from=span.first,
        valid_to=span.until,
    )
    absence.substitute, absence.standing_in = substitute, standing_in
    absence.named_by, absence.named_at = acting.signature, when.at
    absence.save(update_fields=["substitute", "standing_in", "named_by", "named_at"])


def _unfit(post: Post, substitute: Post, span: Days, acting: Acting) -> Refusal | None:
    if substitute.person_id == post.person_id:
        return Refusal.SAME_PERSON
    near = rules.near(acting, Role(post.role), post.area)
    if (substitute.role, substitute.department_id) != (post.role, post.department_id) or not (
        substitute.area.startswith(near)
    ):
        return Refusal.NOT_NEAR
    if (
        substitute.substitutes_id is not None
        or not substitute.person.is_active
        or not span.within(substitute.valid_from, substitute.valid_to)
    ):
        return Refusal.SUBSTITUTE_NOT_HELD
    # Whether somebody is away in another village too is asked as the system: only yes or no comes of it.
    with elevated():
        away = _first_overlap(Absence.objects.filter(post__person=substitute.person_id), span)
    return Refusal.SUBSTITUTE_AWAY if away else None


def _first_overlap(absences: Iterable[Absence], span: Days) -> Absence | None:
    return next(
        (one for one in absences if rules.days(one.first_day, one.last_day, one.ended_on).overlap(span)),
        None,
    )


def _stands_in_for(person_id: int, span: Days) -> Post | None:
    """The post for which a person stands in on one of these days."""
    held = Post.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=span.first),
        person_id=person_id,
        substitutes__isnull=False,
        valid_from__lt=span.until,
    )
    return next(
        (
            one
            for one in held.order_by("id")
            if one.valid_to is None or Days(one.valid_from, one.valid_to).overlap(span)
        ),
        None,
    )


def _post(post_id: int) -> Post:
    return Post.objects.select_related("person").get(pk=post_id)


def _lock(posts: Iterable[Post | None]) -> None:
    # People, not posts: somebody who holds two is away from both, and in one order for everybody.
    ids = sorted({post.person_id for post in posts if post is not None})
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _locked(absence_id: int) -> Absence:
    return Absence.objects.select_for_update(no_key=True).get(pk=absence_id)


def _guard(acting: Acting, post: Post) -> None:
    if not rules.looks_after(acting, Role(post.role), post.area, post.department_id):
        raise NotLookedAfterError(f"post {post.pk} is not looked after by post {acting.post_id}")
