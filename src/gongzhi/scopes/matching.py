"""Apply a rule book to a scope: which permits it calls for, by which words and which rule, and what was left out."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from gongzhi.scopes.folding import Folded, fold
from gongzhi.scopes.grammar import NO_DEEDS, Deeds
from gongzhi.scopes.reading import Place, Reading, leans_on_neighbours
from gongzhi.scopes.rulebook import Certainty, Rule, RuleBook, Term

# Who does only these does nothing to the object itself: plans it, ships it across the border, acts for others.
_NOT_DOING: Final[Deeds] = frozenset({"about", "develop", "port", "agent", "rent", "buy", "tune"})
# A clerk reads the first few quotations; a scope of 100,000 characters doesn't get thousands.
_MOST_WORDS: Final = 20
_CLAUSE: Final = re.compile("[；;。\n]")
# Clauses kept per book: registers repeat them, and a longer one hardly comes again.
_MOST_KEPT: Final = 65_536
_LONGEST_KEPT: Final = 200


@dataclass(frozen=True, slots=True)
class Words:
    """A quotation: `text` is exactly `scope[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PermitHit:
    """One permit or filing that a scope calls for. `sure` is pushed, `review` waits for a clerk."""

    code: str
    certainty: Certainty
    words: tuple[Words, ...]
    rule: str
    department: str
    basis: str


@dataclass(frozen=True, slots=True)
class Match:
    """The answer for one scope, permits in the order of their codes, under the rules named by `version`."""

    permits: tuple[PermitHit, ...]
    version: str

    @property
    def sure(self) -> frozenset[str]:
        """Codes to push."""
        return frozenset(hit.code for hit in self.permits if hit.certainty == "sure")

    @property
    def review(self) -> frozenset[str]:
        """Codes that wait for a clerk."""
        return frozenset(hit.code for hit in self.permits if hit.certainty == "review")


@dataclass(frozen=True, slots=True)
class Excluded:
    """Words that a rule knows but that call for nothing here, with the reason in Chinese."""

    words: Words
    rule: str
    codes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A match with everything around it: what was left out and why, and the activities that no rule speaks of."""

    match: Match
    excluded: tuple[Excluded, ...]
    activities: tuple[Words, ...]
    unmatched: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that applies to the words `scope[start:end]`, whether or not another one decides in the end."""

    start: int
    end: int
    rule: Rule
    certainty: Certainty


class _Found(NamedTuple):
    """A rule that applies at `start:end` of the raw scope."""

    start: int
    end: int
    rule: Rule
    certainty: Certainty


class _Clause(NamedTuple):
    """What a clause calls for by itself, places counted from its beginning; kept, since registers repeat clauses."""

    found: tuple[_Found, ...]
    alone: bool
    """False when the clause leans on its neighbours and the scope has to be read as a whole."""
    open_to_head: bool
    """True when a head of the clause before would govern something in it."""


_NOTHING: Final = _Clause((), alone=True, open_to_head=False)


def match(scope: str, book: RuleBook) -> Match:
    """Match one scope. Any text is accepted; work and memory are linear in its length."""
    found = _by_clauses(scope, book)
    if found is None:
        found = _as_whole(scope, book)
    return _answer(scope, found, book) if found else Match((), book.version)


def _by_clauses(scope: str, book: RuleBook) -> list[_Found] | None:
    """Read clause by clause, or give None when one of them can only be read among the others."""
    found: list[_Found] = []
    start = 0
    before = ""
    for text in _CLAUSE.split(scope):
        clause = book.clauses.get(text) or _keep(book, text, _read_clause(text, NO_DEEDS, book))
        if not clause.alone:
            return None
        if clause.open_to_head and before:
            clause = _under_head(text, before, book) or clause
        if clause.found:
            found.extend(_Found(hit[0] + start, hit[1] + start, hit[2], hit[3]) for hit in clause.found)
        start += len(text) + 1
        before = text
    return found


def _keep(book: RuleBook, text: str, clause: _Clause) -> _Clause:
    if len(text) <= _LONGEST_KEPT:
        if len(book.clauses) >= _MOST_KEPT:
            book.clauses.clear()
        book.clauses[text] = clause
    return clause


def _under_head(text: str, before: str, book: RuleBook) -> _Clause | None:
    """Read a clause of bare nouns under the head that the clause before hands on, if it does."""
    handed_on = Reading(fold(before).text, book.lexicon).governing.handed_on()
    return _read_clause(text, handed_on, book) if handed_on else None


def _read_clause(text: str, inherited: Deeds, book: RuleBook) -> _Clause:
    folded = fold(text)
    if leans_on_neighbours(folded.text, book.lexicon):
        return _Clause((), alone=False, open_to_head=False)
    phrases = _phrases(folded.text, book)
    if not phrases:
        return _NOTHING
    reading = Reading(folded.text, book.lexicon, inherited)
    found = _apply(reading, folded, phrases, None)
    return _Clause(tuple(found), alone=True, open_to_head=reading.governing.asked_for_head)


def _as_whole(scope: str, book: RuleBook) -> list[_Found]:
    folded = fold(scope)
    phrases = _phrases(folded.text, book)
    return _apply(Reading(folded.text, book.lexicon), folded, phrases, None) if phrases else []


def applications(scope: str, book: RuleBook) -> tuple[Applied, ...]:
    """List every rule that applies somewhere in a scope, also those that give way to another."""
    found = _by_clauses(scope, book)
    return tuple(Applied(*hit) for hit in (_as_whole(scope, book) if found is None else found))


def match_many(scopes: Iterable[str], book: RuleBook) -> list[Match]:
    """Match many scopes, in their order."""
    return [match(scope, book) for scope in scopes]


def explain(scope: str, book: RuleBook) -> Explanation:
    """Match one scope and say also what was left out and why, and which activities hit no rule."""
    folded = fold(scope)
    reading = Reading(folded.text, book.lexicon)
    left_out: list[tuple[int, int, Rule, str]] = []
    found = _apply(reading, folded, _phrases(folded.text, book), left_out)
    answer = _answer(scope, found, book)
    activities = _activities(scope, folded, reading)
    spoken = sorted(hit.start for hit in found)
    return Explanation(
        match=answer,
        excluded=tuple(
            Excluded(_quote(scope, folded, start, end), rule.id, rule.permits, reason)
            for start, end, rule, reason in left_out
        ),
        activities=activities,
        unmatched=tuple(
            item for item in activities if bisect_left(spoken, item.start) == bisect_left(spoken, item.end)
        ),
    )


def _phrases(text: str, book: RuleBook) -> list[tuple[int, int, Term]]:
    """Find the phrases of the book, each longest one hiding those inside it; empty when no rule is touched."""
    hits = [(end + 1 - term.length, end + 1, term) for end, term in book.terms.iter(text)]
    if not hits:
        return []
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    kept = []
    furthest = -1
    for hit in hits:
        if hit[1] > furthest:
            furthest = hit[1]
            if hit[2].rules:
                kept.append(hit)
    return kept


def _apply(
    reading: Reading,
    folded: Folded,
    phrases: list[tuple[int, int, Term]],
    left_out: list[tuple[int, int, Rule, str]] | None,
) -> list[_Found]:
    found: list[_Found] = []
    for start, end, term in phrases:
        area = reading.excluded_around(start, end)
        if area is not None:
            if left_out is not None:
                within = f"写在排除语“{reading.text[area.start : area.end]}”之内"
                left_out.extend((start, end, rule, within) for rule in term.rules)
            continue
        place = reading.place(start, end)
        for rule in term.rules:
            reason = _refuses(reading, place, start, end, rule)
            if reason is None:
                certainty = "review" if reading.left_to_branch(place.item) else rule.certainty
                found.append(_Found(*folded.raw_span(start, end), rule, certainty))
            elif left_out is not None:
                left_out.append((start, end, rule, reason))
    return found


def _refuses(reading: Reading, place: Place, start: int, end: int, rule: Rule) -> str | None:
    """Give the reason why a rule doesn't apply at a place, or None where it does."""
    if not place.same and not rule.any_tail:
        return "后面的词使它成为另一种东西"
    if place.before.endswith("非"):
        return "前有“非”字"
    reason = _deeds_refuse(place, rule) or _words_refuse(reading, place, start, end, rule)
    if reason is not None:
        return reason
    area = reading.taken_away(start, end, rule.removed_by)
    return None if area is None else f"被“{reading.text[area.start : area.end]}”排除"


def _words_refuse(reading: Reading, place: Place, start: int, end: int, rule: Rule) -> str | None:
    if not rule.needs and not rule.unless:
        return None
    said = reading.said_around(place.item, start, end)
    if rule.needs and not any(word in said for word in rule.needs):
        return f"未写明{'、'.join(rule.needs)}"
    return next((f"同一项写有“{word}”" for word in rule.unless if word in said), None)


def _deeds_refuse(place: Place, rule: Rule) -> str | None:
    deeds = place.deeds
    if rule.any_tail and not place.same:
        return None
    if rule.without & deeds:
        return "所写行为另有规则"
    if rule.deeds:
        return None if rule.deeds & deeds else "没有写明本许可所管的行为"
    return None if deeds - _NOT_DOING else "只是咨询、管理、研发等，不是行为本身"


def _answer(scope: str, found: list[_Found], book: RuleBook) -> Match:
    sure = {code for hit in found if hit.certainty == "sure" for code in hit.rule.permits}
    by_code: dict[str, list[_Found]] = {}
    for hit in found:
        if not sure.isdisjoint(hit.rule.yields_to):
            continue
        for code in hit.rule.permits:
            by_code.setdefault(code, []).append(hit)
    return Match(
        tuple(_permit_hit(scope, code, by_code[code], book) for code in sorted(by_code)), book.version
    )


def _permit_hit(scope: str, code: str, hits: list[_Found], book: RuleBook) -> PermitHit:
    certain = [hit for hit in hits if hit.certainty == "sure"] or hits
    spans = dict.fromkeys((hit.start, hit.end) for hit in certain)
    permit = book.permits[code]
    return PermitHit(
        code=code,
        certainty=certain[0].certainty,
        words=tuple(Words(scope[low:high], low, high) for low, high in list(spans)[:_MOST_WORDS]),
        rule=certain[0].rule.id,
        department=permit.department,
        basis=certain[0].rule.basis or permit.basis,
    )


def _quote(scope: str, folded: Folded, start: int, end: int) -> Words:
    low, high = folded.raw_span(start, end)
    return Words(scope[low:high], low, high)


def _activities(scope: str, folded: Folded, reading: Reading) -> tuple[Words, ...]:
    """List the items that name an activity: headings, bare verbs and boilerplate left out."""
    return tuple(_quote(scope, folded, start, end) for start, end in reading.activities())
