"""Apply a rule book to a scope: which permits it calls for, by which words and which rule, and what was left out."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final, NamedTuple

from gongzhi.collector import at_rest
from gongzhi.scopes.folding import Folded, fold, make
from gongzhi.scopes.governing import handed_on_by
from gongzhi.scopes.grammar import NO_DEEDS, Deeds
from gongzhi.scopes.reading import Place, Reading, leans_on_neighbours
from gongzhi.scopes.rulebook import Certainty, Rule, RuleBook, Term

# Who does only these does nothing to the object itself: plans it, ships it across the border, acts for others.
_NOT_DOING: Final[Deeds] = frozenset({"about", "develop", "port", "agent", "rent", "buy", "tune"})
# A clerk reads the first few quotations; a scope of 100,000 characters doesn't get thousands.
_MOST_WORDS: Final = 20
# Registers repeat clauses, but a longer one hardly comes again.
_LONGEST_KEPT: Final = 200


class Words(NamedTuple):
    """A quotation: `text` is exactly `scope[start:end]`."""

    text: str
    start: int
    end: int


class PermitHit(NamedTuple):
    """One permit or filing that a scope calls for. `sure` is pushed, `review` waits for a clerk."""

    code: str
    certainty: Certainty
    words: tuple[Words, ...]
    rule: str
    department: str
    basis: str


class Match(NamedTuple):
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


class Excluded(NamedTuple):
    """Words that a rule knows but that call for nothing here, with the reason in Chinese."""

    words: Words
    rule: str
    codes: tuple[str, ...]
    reason: str


class Explanation(NamedTuple):
    """A match with everything around it: what was left out and why, and the activities that no rule speaks of."""

    match: Match
    excluded: tuple[Excluded, ...]
    activities: tuple[Words, ...]
    unmatched: tuple[Words, ...]


class Applied(NamedTuple):
    """A rule that applies to the words `start:end` of a raw text, whether or not another one decides in the end."""

    start: int
    end: int
    rule: Rule
    certainty: Certainty


class _Clause(NamedTuple):
    """What a clause calls for by itself, places counted from its beginning; kept, since registers repeat clauses."""

    found: tuple[Applied, ...]
    alone: bool
    """False when the clause leans on its neighbours and the scope has to be read as a whole."""
    open_to_head: bool
    """True when a head of the clause before would govern something in it."""


_NOTHING: Final = _Clause((), alone=True, open_to_head=False)
_OPEN: Final = _Clause((), alone=True, open_to_head=True)
_LEANING: Final = _Clause((), alone=False, open_to_head=False)
_Phrase = tuple[int, int, Term]
# All of a place that counts for what a phrase's rules make of it: see `Place`, and whether "非" stands before.
_Known = tuple[Term, bool, Deeds, bool]


def match(scope: str, book: RuleBook) -> Match:
    """Match one scope. Any text is accepted; work and memory are linear in its length."""
    found = _by_clauses(scope, book)
    if found is None:
        found = _as_whole(scope, book)
    return _answer(scope, found, book) if found else make(Match, ((), book.version))


def _by_clauses(scope: str, book: RuleBook) -> list[Applied] | None:
    """Read clause by clause, or give None when one of them can only be read among the others."""
    found: list[Applied] = []
    known = book.clauses
    start = 0
    before = ""
    for text in scope.replace("；", ";").replace("。", ";").replace("\n", ";").split(";"):
        clause = known.get(text)
        if clause is None:
            clause = _read_clause(text, NO_DEEDS, book)
            _keep(book, known, text, clause, len(text))
        if clause is _NOTHING:
            start += len(text) + 1
            before = text
            continue
        if not clause.alone:
            return None
        if clause.open_to_head and before:
            clause = _under_head(text, before, book) or clause
        if not start:
            found += clause.found
        elif clause.found:
            found += [
                make(Applied, (low + start, high + start, rule, sure))
                for low, high, rule, sure in clause.found
            ]
        start += len(text) + 1
        before = text
    return found


def _keep(book: RuleBook, kept: dict[object, Any], key: object, what: object, length: int = 0) -> None:
    if length <= _LONGEST_KEPT:
        if len(kept) >= book.most_kept:
            kept.clear()
        kept[key] = what


def _under_head(text: str, before: str, book: RuleBook) -> _Clause | None:
    """Read a clause of bare nouns under the head that the clause before hands on, if it does."""
    handed_on = book.heads.get(before)
    if handed_on is None:
        folded = fold(before).text
        handed_on = handed_on_by(folded, book.lexicon) if ":" in folded else NO_DEEDS
        _keep(book, book.heads, before, handed_on, len(before))
    if not handed_on:
        return None
    under = (text, handed_on)
    clause = book.clauses.get(under)
    if clause is None:
        clause = _read_clause(text, handed_on, book)
        _keep(book, book.clauses, under, clause, len(text))
    return clause


def _read_clause(raw: str, inherited: Deeds, book: RuleBook) -> _Clause:
    folded = fold(raw)
    text = folded[0]
    if leans_on_neighbours(text, book.lexicon):
        return _LEANING
    phrases = _phrases(text, book)
    if not phrases:
        return _NOTHING
    told = phrases if inherited else _told(text, phrases)
    # What is passed over stays open to a head that the clause before may hand on, unless it stands under its own.
    passed_over = len(told) < len(phrases) and not _headed(text)
    if not told:
        return _OPEN if passed_over else _NOTHING
    reading = Reading(text, book.lexicon, inherited)
    found = _apply(reading, folded, told, book, None)
    open_to_head = passed_over or reading.governing.asked_for_head
    if not found:
        return _OPEN if open_to_head else _NOTHING
    return make(_Clause, (tuple(found), True, open_to_head))


def _told(text: str, phrases: list[_Phrase]) -> list[_Phrase]:
    """Leave out, before anything is read, the phrases that can call for nothing here.

    These are what is denied in so many words ("不含危险化学品"), and what matters only when something is done to it
    that the whole text never speaks of ("汽车" without a word of repairing or letting). Whoever asks why is told by
    `explain`, which leaves out nothing.
    """
    denied = "不含" in text
    told = []
    letters: set[str] = set()
    for phrase in phrases:
        start, _, term = phrase
        if denied and start > 1 and text.startswith("不含", start - 2):
            continue
        if term.asks:
            letters = letters or set(text)
            for word in term.asks:
                if word <= letters:
                    break
            else:
                continue
        told.append(phrase)
    return told


def _headed(text: str) -> bool:
    """Say whether a clause begins with a head of its own ("销售：…"), so that none is handed on to what follows it."""
    colon = text.find(":")
    return colon >= 0 and text.find("(", 0, colon) < 0


def _as_whole(scope: str, book: RuleBook) -> list[Applied]:
    folded = fold(scope)
    phrases = _phrases(folded.text, book)
    return _apply(Reading(folded.text, book.lexicon), folded, phrases, book, None) if phrases else []


def applications(scope: str, book: RuleBook) -> tuple[Applied, ...]:
    """List every rule that applies somewhere in a scope, also those that give way to another."""
    found = _by_clauses(scope, book)
    return tuple(_as_whole(scope, book) if found is None else found)


def match_many(scopes: Iterable[str], book: RuleBook) -> list[Match]:
    """Match many scopes, in their order."""
    with at_rest():
        return [match(scope, book) for scope in scopes]


def explain(scope: str, book: RuleBook) -> Explanation:
    """Match one scope and say also what was left out and why, and which activities hit no rule."""
    folded = fold(scope)
    reading = Reading(folded.text, book.lexicon)
    left_out: list[tuple[int, int, Rule, str]] = []
    found = _apply(reading, folded, _phrases(folded.text, book), book, left_out)
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


def _phrases(text: str, book: RuleBook) -> list[_Phrase]:
    """Find the phrases of the book, each longest one hiding those inside it; empty when no rule is touched."""
    kept: list[_Phrase] = []
    reached = 0
    # They come in the order of their ends, of those that end together the longest first.
    for last, term in book.terms.iter(text):
        if last >= reached:
            reached = last + 1
            start = reached - term.length
            while kept and kept[-1][0] >= start:
                kept.pop()
            kept.append((start, reached, term))
    return [phrase for phrase in kept if phrase[2].rules] if kept else kept


def _apply(
    reading: Reading,
    folded: Folded,
    phrases: list[_Phrase],
    book: RuleBook,
    left_out: list[tuple[int, int, Rule, str]] | None,
) -> list[Applied]:
    found: list[Applied] = []
    excluded = bool(reading.excluded)
    judged = book.judged
    unmoved = folded.places is None
    for start, end, term in phrases:
        doubtful = False
        if excluded and (area := reading.excluded_around(start, end)):
            doubtful = reading.doubtful(start)
            if not doubtful:
                if left_out is not None:
                    within = f"写在排除语“{reading.text[area.start : area.end]}”之内"
                    left_out.extend((start, end, rule, within) for rule in term.rules)
                continue
        place = reading.place(start, end)
        item, before, same, deeds = place
        said = None
        known = (term, same, deeds, before.endswith("非"))
        for rule, refusal in judged.get(known) or _judge(known, place, book):
            reason = refusal
            if reason is None and (rule.needs or rule.unless):
                said = said or reading.said_around(item, start, end)
                reason = _words_refuse(said, rule)
            if reason is None and excluded:
                reason = _exclusion_refuses(reading, start, end, rule)
            if reason is None:
                waits = doubtful or (reading.may_branch and reading.left_to_branch(item))
                low, high = (start, end) if unmoved else folded.raw_span(start, end)
                found.append(make(Applied, (low, high, rule, "review" if waits else rule.certainty)))
            elif left_out is not None:
                left_out.append((start, end, rule, reason))
    return found


def _judge(known: _Known, place: Place, book: RuleBook) -> tuple[tuple[Rule, str | None], ...]:
    """Say of each rule of a phrase why the place refuses it, or None; kept, since few places differ in what counts."""
    judged = tuple([(rule, _place_refuses(place, rule)) for rule in known[0].rules])
    _keep(book, book.judged, known, judged)
    return judged


def _place_refuses(place: Place, rule: Rule) -> str | None:
    """Give the reason why the words around a phrase keep a rule from applying, or None."""
    if not place.same:
        if not rule.any_tail:
            return "后面的词使它成为另一种东西"
        return "前有“非”字" if place.before.endswith("非") else None
    if place.before.endswith("非"):
        return "前有“非”字"
    deeds = place.deeds
    if not rule.without.isdisjoint(deeds):
        return "所写行为另有规则"
    if rule.deeds:
        return "没有写明本许可所管的行为" if rule.deeds.isdisjoint(deeds) else None
    return "只是咨询、管理、研发等，不是行为本身" if deeds <= _NOT_DOING else None


def _words_refuse(said: str, rule: Rule) -> str | None:
    """Give the reason why what the same item says keeps a rule from applying, or None."""
    if rule.needs:
        for word in rule.needs:
            if word in said:
                break
        else:
            return f"未写明{'、'.join(rule.needs)}"
    for word in rule.unless:
        if word in said:
            return f"同一项写有“{word}”"
    return None


def _exclusion_refuses(reading: Reading, start: int, end: int, rule: Rule) -> str | None:
    area = reading.taken_away(start, end, rule.removed_by)
    return None if area is None else f"被“{reading.text[area.start : area.end]}”排除"


def _answer(scope: str, found: list[Applied], book: RuleBook) -> Match:
    if [hit for hit in found if hit[2].yields_to]:
        sure = {code for hit in found if hit.certainty == "sure" for code in hit.rule.permits}
        found = [hit for hit in found if sure.isdisjoint(hit.rule.yields_to)]
    by_code: dict[str, list[Applied]] = {}
    for hit in found:
        for code in hit[2].permits:
            if code in by_code:
                by_code[code].append(hit)
            else:
                by_code[code] = [hit]
    hits = tuple([_permit_hit(scope, code, by_code[code], book) for code in sorted(by_code)])
    return make(Match, (hits, book.version))


def _permit_hit(scope: str, code: str, hits: list[Applied], book: RuleBook) -> PermitHit:
    words: tuple[Words, ...]
    if len(hits) == 1:
        low, high, rule, certainty = hits[0]
        words = (make(Words, (scope[low:high], low, high)),)
    else:
        hits = [hit for hit in hits if hit[3] == "sure"] or hits
        _, _, rule, certainty = hits[0]
        spans = islice(dict.fromkeys([hit[:2] for hit in hits]), _MOST_WORDS)
        words = tuple([make(Words, (scope[low:high], low, high)) for low, high in spans])
    permit = book.permits[code]
    said = (code, certainty, words, rule.id, permit.department, rule.basis or permit.basis)
    return make(PermitHit, said)


def _quote(scope: str, folded: Folded, start: int, end: int) -> Words:
    low, high = folded.raw_span(start, end)
    return Words(scope[low:high], low, high)


def _activities(scope: str, folded: Folded, reading: Reading) -> tuple[Words, ...]:
    """List the items that name an activity: headings, bare verbs and boilerplate left out."""
    return tuple(_quote(scope, folded, start, end) for start, end in reading.activities())
