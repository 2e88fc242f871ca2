"""What a version's own moves bring about. Runs as the system, in the same transaction."""

from __future__ import annotations

from datetime import date

from gongzhi.flow.errors import NotPossibleError
from gongzhi.flow.events import Moved, when
from gongzhi.org.models import Post
from gongzhi.rulebooks import graph
from gongzhi.rulebooks.actions import fix_texts, loosen_texts, take_force
from gongzhi.rulebooks.models import Book
from gongzhi.rulebooks.queries import latest_approved


@when(graph.NAME, "propose")
def fix_what_is_proposed(event: Moved) -> None:
    """From here on the tables stay as they are, and the day is known."""
    day = date.fromisoformat(str(event.form["valid_from"]))
    if day < event.moment.today:
        raise NotPossibleError("propose", graph.TESTED, graph.DAY_PASSED)
    latest = latest_approved()
    if latest is not None and latest.valid_from is not None and day < latest.valid_from:
        raise NotPossibleError("propose", graph.TESTED, graph.BEFORE_LATEST)
    for book in Book.objects.filter(pk__in=event.case_ids):
        fix_texts(book)
        Book.objects.filter(pk=book.pk).update(valid_from=day)


@when(graph.NAME, "reject")
def open_again(event: Moved) -> None:
    """A version that was not approved goes back to be edited."""
    for book_id in event.case_ids:
        loosen_texts(book_id)


@when(graph.NAME, "approve")
def record_the_second_person(event: Moved) -> None:
    """Who approved; the database compares. What is approved late does not reach back before its approval."""
    person = Post.objects.only("person_id").get(pk=event.acting.post_id).person_id
    for book in Book.objects.filter(pk__in=event.case_ids).only("pk", "valid_from"):
        day = max(book.valid_from or event.moment.today, event.moment.today)
        Book.objects.filter(pk=book.pk).update(approved_by_id=person, valid_from=day)
    take_force(moment=event.moment)


@when(graph.NAME, "withdraw")
def take_back(event: Moved) -> None:
    """A version that was withdrawn never comes in force; one whose day has come is no longer withdrawn."""
    books = Book.objects.filter(pk__in=event.case_ids)
    if event.source == graph.APPROVED and books.filter(valid_from__lte=event.moment.today).exists():
        raise NotPossibleError("withdraw", graph.APPROVED, graph.ALREADY)
    books.update(withdrawn=True)
