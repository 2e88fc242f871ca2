"""What a version of the rules would change, and what is wrong within it. Pure.

`Trial` lays two books beside each other over a sample of scopes; `conflicts` and `shadowed` read the rules alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gongzhi.rulebooks.tables import Row, cells
from gongzhi.scopes import Match, Rule, RuleBook, applications, explain, match
from gongzhi.scopes.folding import fold

Certainties = dict[str, str]
"""Permit codes with `sure` or `review`."""

MOST_GAPS = 500
"""Activities that no rule speaks of are listed by how often they occur; further down nobody reads."""


def answered(answer: Match) -> Certainties:
    """An answer as codes with their certainty."""
    return {hit.code: hit.certainty for hit in answer.permits}


@dataclass(frozen=True, slots=True)
class Difference:
    """One scope that is answered otherwise; `businesses` is how many carry it. Rules are by permit code."""

    scope: str
    businesses: int
    before: Certainties
    after: Certainties
    rules_before: dict[str, str]
    rules_after: dict[str, str]

    @property
    def permits(self) -> frozenset[str]:
        """The permits that are answered otherwise."""
        return frozenset(
            code for code in {*self.before, *self.after} if self.before.get(code) != self.after.get(code)
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """What a version changes for one permit, in scopes of the sample: `pushed` is sure, `asked` waits for a person."""

    permit: str
    pushed_before: int
    pushed_after: int
    asked_before: int
    asked_after: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A stored example that is answered otherwise than it says."""

    scope: str
    reason: str
    expected: Certainties
    answered: Certainties


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that the same words set off and that answer differently.

    `how`: `certainty` (one pushes, the other asks for the same permit) or `yielding` (each gives way to the other).
    """

    first: str
    second: str
    how: str
    words: tuple[str, ...]
    permits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shadow:
    """A rule that never decides, since `by` always does. `how`: `covered` or, seen in the sample only, `outdone`."""

    rule: str
    by: str
    how: str


@dataclass(slots=True)
class Trial:
    """Two books over a sample of scopes, taken in piece by piece."""

    before: RuleBook
    after: RuleBook
    scopes: int = 0
    businesses: int = 0
    nothing: int = 0
    """Scopes that call for nothing under the new book."""
    _counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _fired: set[str] = field(default_factory=set)
    _applied: Counter[str] = field(default_factory=Counter)
    _decided: Counter[str] = field(default_factory=Counter)
    _outdone: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _gaps: Counter[str] = field(default_factory=Counter)

    def take(self, scope: str, businesses: int = 1) -> Difference | None:
        """Take in one scope; what is different about it, or None."""
        before, after = match(scope, self.before), match(scope, self.after)
        self.scopes += 1
        self.businesses += businesses
        was, now = answered(before), answered(after)
        for code in {*was, *now}:
            self._count(code, was.get(code), now.get(code))
        self._follow(scope, after)
        if not now:
            self.nothing += 1
            for words in explain(scope, self.after).unmatched:
                self._gaps[words.text[:80]] += businesses
        if was == now:
            return None
        return Difference(scope, businesses, was, now, _rules(before), _rules(after))

    def shifts(self) -> list[Shift]:
        """Permits in the order of their codes."""
        return [
            Shift(
                code,
                c["sure_before"],
                c["sure_after"],
                c["review_before"],
                c["review_after"],
                c["gained"],
                c["lost"],
            )
            for code, c in sorted(self._counts.items())
        ]

    def silent(self) -> dict[str, list[str]]:
        """The words of each rule that set nothing off in the sample."""
        return {
            rule: left
            for rule, words in sorted(_words_of(self.after).items())
            if (left := sorted(word for word in words if word not in self._fired))
        }

    def shadows(self) -> list[Shadow]:
        """Rules that can't decide by their own words, and those that never did in the sample."""
        found = {shadow.rule: shadow for shadow in shadowed(self.after)}
        for rule, times in self._applied.items():
            if times and not self._decided[rule] and rule not in found and self._outdone[rule]:
                (by, _), *_ = self._outdone[rule].most_common(1)
                found[rule] = Shadow(rule, by, "outdone")
        return [found[rule] for rule in sorted(found)]

    def gaps(self) -> list[tuple[str, int]]:
        """Activities of scopes that call for nothing, with the businesses that carry them, most first."""
        return sorted(self._gaps.items(), key=lambda gap: (-gap[1], gap[0]))[:MOST_GAPS]

    def _count(self, code: str, was: str | None, now: str | None) -> None:
        counts = self._counts[code]
        if was:
            counts[f"{was}_before"] += 1
        if now:
            counts[f"{now}_after"] += 1
        if now == "sure" != was:
            counts["gained"] += 1
        if was == "sure" != now:
            counts["lost"] += 1

    def _follow(self, scope: str, answer: Match) -> None:
        """Note which words set rules off and which of the rules decided."""
        deciding = _rules(answer)
        decided = set(deciding.values())
        self._decided.update(decided)
        hits = applications(scope, self.after)
        self._fired.update(fold(scope[hit.start : hit.end]).text for hit in hits)
        for rule in {hit.rule.id: hit.rule for hit in hits}.values():
            self._applied[rule.id] += 1
            if rule.id not in decided:
                rivals = {deciding[code] for code in (*rule.permits, *rule.yields_to) if code in deciding}
                self._outdone[rule.id].update(rivals)


def _rules(answer: Match) -> dict[str, str]:
    return {hit.code: hit.rule for hit in answer.permits}


def _words_of(book: RuleBook) -> dict[str, set[str]]:
    """The words by which each rule is known, old wordings among them."""
    words: dict[str, set[str]] = defaultdict(set)
    for phrase, rules in _phrases(book):
        for rule in rules:
            words[rule].add(phrase)
    return words


def _phrases(book: RuleBook) -> Iterator[tuple[str, list[str]]]:
    """The phrases that set rules off, each with the rules' numbers."""
    for phrase, term in book.terms.items():
        if term is not None and term.rules:
            yield phrase, sorted({rule.id for rule in term.rules})


def failures(examples: Iterable[Row], book: RuleBook) -> list[Failed]:
    """The stored examples that a book does not answer as they say."""
    failed = []
    for row in examples:
        expected = dict.fromkeys(cells(row["应推送"]), "sure") | dict.fromkeys(
            cells(row["待人判断"]), "review"
        )
        found = answered(match(row["经营范围"], book))
        if found != expected:
            failed.append(Failed(row["经营范围"], row["理由与依据"], expected, found))
    return failed


def conflicts(book: RuleBook) -> list[Conflict]:
    """Pairs of rules that the same words set off and that answer differently."""
    found: dict[tuple[str, str], Conflict] = {}
    together: dict[tuple[str, str], list[str]] = defaultdict(list)
    rules = {rule.id: rule for rule in book.rules}
    for phrase, ids in _phrases(book):
        for index, first in enumerate(ids):
            for second in ids[index + 1 :]:
                together[first, second].append(phrase)
    for (one, other), words in sorted(together.items()):
        first, second = rules[one], rules[other]
        if not _may_meet(first, second):
            continue
        shared = tuple(sorted(set(first.permits) & set(second.permits)))
        said = tuple(sorted(words)[:12])
        if shared and first.certainty != second.certainty:
            found[one, other] = Conflict(one, other, "certainty", said, shared)
        elif set(first.yields_to) & set(second.permits) and set(second.yields_to) & set(first.permits):
            both = tuple(sorted({*first.permits, *second.permits}))
            found[one, other] = Conflict(one, other, "yielding", said, both)
    return list(found.values())


def _may_meet(first: Rule, second: Rule) -> bool:
    """Whether one place of a scope can set both off."""
    if first.deeds and second.deeds and not first.deeds & second.deeds:
        return False
    for one, other in ((first, second), (second, first)):
        # What one asks for, the other rules out.
        if one.deeds and one.deeds <= other.without:
            return False
        if one.needs and set(one.needs) <= set(other.unless):
            return False
    return True


def shadowed(book: RuleBook) -> list[Shadow]:
    """Rules that add nothing, whatever a scope says: another one applies wherever they do and says as much."""
    words = _words_of(book)
    by_permit: dict[str, list[Rule]] = defaultdict(list)
    for rule in book.rules:
        for code in rule.permits:
            by_permit[code].append(rule)
    found = []
    for rule in book.rules:
        rivals = {
            other.id: other for code in rule.permits for other in by_permit[code] if other.id != rule.id
        }
        for other in rivals.values():
            # Of two that say the same the first stays.
            mutual = _covers(rule, other, words) and rule.id < other.id
            if _covers(other, rule, words) and not mutual:
                found.append(Shadow(rule.id, other.id, "covered"))
                break
    return found


def _covers(wide: Rule, narrow: Rule, words: dict[str, set[str]]) -> bool:
    """Whether `wide` applies wherever `narrow` does, and calls at least as surely for the same permits."""
    return (
        set(narrow.permits) <= set(wide.permits)
        and (wide.certainty == "sure" or narrow.certainty == "review")
        and words.get(narrow.id, set()) <= words.get(wide.id, set())
        and (not wide.deeds or (bool(narrow.deeds) and narrow.deeds <= wide.deeds))
        and wide.without <= narrow.without
        and (not wide.needs or (bool(narrow.needs) and set(narrow.needs) <= set(wide.needs)))
        and set(wide.unless) <= set(narrow.unless)
        and set(wide.removed_by) <= set(narrow.removed_by)
        and set(wide.yields_to) <= set(narrow.yields_to)
        and (wide.any_tail or not narrow.any_tail)
    )
