"""The rules as dated tables, and the book of those in force on one day.

The tables are CSV files beside this module, written to be read by a lawyer: one rule a row, in words of a scope. A row
holds from `valid_from` up to and without `valid_to`; an empty date means open.
"""

import csv
import datetime as dt
import hashlib
import io
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

import ahocorasick

from gongzhi.scopes.folding import DROPPED, fold
from gongzhi.scopes.grammar import NO_DEEDS, Deeds, Lexicon

Certainty = Literal["sure", "review"]
# A verb or a tail stands in about as many scopes as this many objects do.
_AS_COMMON_AS: Final = 20
_TABLES: Final = ("permits", "rules", "synonyms", "not_the_thing", "deeds", "tails")


class TableError(ValueError):
    """A rule table doesn't say what it must; the message names table, row and column."""


@dataclass(frozen=True, slots=True)
class Permit:
    """One permit or filing, as far as matching and answering need it."""

    code: str
    name: str
    stage: str
    department: str
    enforcement: str
    trigger: str
    basis: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a scope calls for permits.

    `deeds`: one of them must be done to the object; empty: any, as long as something is done. "unstated" stands for
    an object that no verb governs (in a scope, goods that are traded). `without`: deeds that rule it out. `needs`,
    `unless`: words that must, or must not, stand in the same item. `removed_by`: words whose exclusion takes this
    rule away. `any_tail`: the phrase means it whatever words follow.
    """

    id: str
    permits: tuple[str, ...]
    deeds: Deeds
    without: Deeds
    needs: tuple[str, ...]
    unless: tuple[str, ...]
    removed_by: tuple[str, ...]
    yields_to: tuple[str, ...]
    certainty: Certainty
    any_tail: bool
    meaning: str
    basis: str
    verified: bool


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A phrase to look for; without rules it names another thing and hides the phrases inside it."""

    length: int
    rules: tuple[Rule, ...]
    asks: tuple[frozenset[str], ...] = ()
    """Words of deeds, as their characters, one of which a text must have for any of the rules; empty: none needed."""


@dataclass(frozen=True, slots=True)
class RuleTables:
    """The texts of all tables (CSV with a header), of all dates."""

    texts: dict[str, str]
    version: str

    @classmethod
    def of(cls, texts: dict[str, str]) -> "RuleTables":
        """Take the tables' texts by name; the version is a digest of their content."""
        missing = [name for name in _TABLES if name not in texts]
        if missing:
            raise TableError(f"missing tables: {', '.join(missing)}")
        digest = hashlib.sha256("\x00".join(texts[name] for name in _TABLES).encode()).hexdigest()
        return cls(texts, digest[:12])

    def on(self, day: dt.date) -> "RuleBook":
        """Compile the rules in force on a day. Raises TableError where a row can't be read."""
        return _compile(self, day)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes, as machine code too, which fills no value that it holds fast."""
        return RuleTables, (self.texts, self.version)


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """The rules in force on one day, ready to match. Immutable; safe to share between threads."""

    tables: RuleTables
    day: dt.date
    permits: dict[str, Permit]
    rules: tuple[Rule, ...]
    lexicon: Lexicon = field(repr=False)
    terms: ahocorasick.Automaton = field(repr=False)
    version: str
    """Names the exact rules: digest of the tables and the day they were read for."""
    clauses: dict[object, Any] = field(default_factory=dict, repr=False)
    """Clauses read already; the matcher's own, nothing outside may rely on it."""
    heads: dict[object, Any] = field(default_factory=dict, repr=False)
    """What clauses hand on to the next one; the matcher's own as well."""
    judged: dict[object, Any] = field(default_factory=dict, repr=False)
    """What a phrase's rules make of the place it stands at; the matcher's own as well."""
    most_kept: int = 65_536
    """So many of each are kept before all of them are let go."""

    def on(self, day: dt.date) -> "RuleBook":
        """Give the book of the same tables on another day."""
        return self if day == self.day else self.tables.on(day)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as tables and day, and compile again there."""
        return _compile, (self.tables, self.day)


@lru_cache(maxsize=1)
def default_tables() -> RuleTables:
    """Read the tables that ship with the package."""
    folder = files("gongzhi.scopes") / "data"
    return RuleTables.of({name: (folder / f"{name}.csv").read_text("utf-8") for name in _TABLES})


@lru_cache(maxsize=32)
def default_book(day: dt.date) -> RuleBook:
    """Give the shipped rules in force on a day."""
    return default_tables().on(day)


def _rows(tables: RuleTables, name: str) -> list[dict[str, str]]:
    return [
        {key: value or "" for key, value in row.items()}
        for row in csv.DictReader(io.StringIO(tables.texts[name]))
    ]


def _in_force(row: dict[str, str], day: dt.date, where: str) -> bool:
    try:
        since = dt.date.fromisoformat(row["valid_from"]) if row.get("valid_from") else dt.date.min
        until = dt.date.fromisoformat(row["valid_to"]) if row.get("valid_to") else dt.date.max
    except ValueError as error:
        raise TableError(f"{where}: {error}") from None
    return since <= day < until


def _words(cell: str) -> tuple[str, ...]:
    return tuple(fold(word).text for word in cell.split("|") if word.strip())


def _classes(cell: str) -> Deeds:
    return frozenset(word.strip() for word in cell.split("|") if word.strip())


def _compile(tables: RuleTables, day: dt.date) -> RuleBook:
    permits = {row["code"]: _permit(row) for row in _rows(tables, "permits")}
    rules, ruled = _ruled_phrases(tables, permits, day)
    _add_synonyms(tables, ruled, day)
    _add_other_things(tables, ruled)
    lexicon = _lexicon(tables)
    terms = _automaton(tables, ruled, lexicon)
    version = f"{tables.version}/{day.isoformat()}"
    return RuleBook(tables, day, permits, rules, lexicon, terms, version)


def _automaton(tables: RuleTables, ruled: dict[str, list[Rule]], lexicon: Lexicon) -> ahocorasick.Automaton:
    """Compile the phrases to look for; the automaton tries a character's successors in the order they were added.

    So the characters that scopes use most come first, which halves the time of a search: list marks, then the
    characters of verbs and tails, then those of the phrases. The dropped character of folding ends them, so that they
    stand for nothing by themselves.
    """
    frequent: Counter[str] = Counter()
    for row in _rows(tables, "deeds"):
        frequent.update(dict.fromkeys(row["word"], _AS_COMMON_AS))
    for row in _rows(tables, "tails"):
        frequent.update(dict.fromkeys(row["tail"], _AS_COMMON_AS))
    for phrase in ruled:
        frequent.update(phrase)
    terms = ahocorasick.Automaton()
    for character in (*"、,():;的及和。", *(one for one, _ in frequent.most_common())):
        terms.add_word(character + DROPPED, None)
    asked: dict[Deeds, tuple[frozenset[str], ...]] = {NO_DEEDS: ()}
    for phrase, found in ruled.items():
        rules = tuple(dict.fromkeys(found))
        deeds = _asked(rules)
        if deeds not in asked:
            asked[deeds] = lexicon.spellings(deeds)
        terms.add_word(phrase, Term(len(phrase), rules, asked[deeds]))
    terms.make_automaton()
    return terms


def _asked(rules: tuple[Rule, ...]) -> Deeds:
    """Give the deeds of which a text must speak for any of the rules to apply; none if one of them asks for none."""
    if any(rule.any_tail or not rule.deeds or "unstated" in rule.deeds for rule in rules):
        return NO_DEEDS
    return NO_DEEDS.union(*(rule.deeds for rule in rules))


def _ruled_phrases(
    tables: RuleTables, permits: dict[str, Permit], day: dt.date
) -> tuple[tuple[Rule, ...], dict[str, list[Rule]]]:
    rules: list[Rule] = []
    ruled: dict[str, list[Rule]] = {}
    for row in _rows(tables, "rules"):
        where = f"rules.csv, rule {row.get('rule', '?')}"
        if _in_force(row, day, where):
            rule = _rule(row, permits, where)
            rules.append(rule)
            for phrase in _words(row["objects"]):
                ruled.setdefault(phrase, []).append(rule)
    return tuple(rules), ruled


def _add_synonyms(tables: RuleTables, ruled: dict[str, list[Rule]], day: dt.date) -> None:
    """Let old wording call for what today's wording calls for."""
    for row in _rows(tables, "synonyms"):
        if not _in_force(row, day, f"synonyms.csv, {row['old']}"):
            continue
        today = fold(row["today"]).text
        if today not in ruled:
            raise TableError(f"synonyms.csv, {row['old']}: no rule knows “{row['today']}”")
        ruled.setdefault(fold(row["old"]).text, []).extend(ruled[today])


def _add_other_things(tables: RuleTables, ruled: dict[str, list[Rule]]) -> None:
    """Add the phrases that only hide the phrases inside them."""
    for row in _rows(tables, "not_the_thing"):
        for phrase in _words(row["phrase"]):
            if ruled.get(phrase):
                raise TableError(
                    f"not_the_thing.csv: “{phrase}” is also the object of rule {ruled[phrase][0].id}"
                )
            ruled[phrase] = []


def _lexicon(tables: RuleTables) -> Lexicon:
    deeds = {row["word"]: _classes(row["deeds"]) for row in _rows(tables, "deeds")}
    tails = _rows(tables, "tails")
    kinds = ("same", "other", "service", "works")
    return Lexicon(
        deeds,
        {kind: tuple(row["tail"] for row in tails if row["kind"] == kind) for kind in kinds},
    )


def _permit(row: dict[str, str]) -> Permit:
    return Permit(
        code=row["code"],
        name=row["name"],
        stage=row["stage"],
        department=row["department"],
        enforcement=row["enforcement"],
        trigger=row["trigger"],
        basis=row["basis"],
        verified=row["verified"] == "yes",
    )


def _rule(row: dict[str, str], permits: dict[str, Permit], where: str) -> Rule:
    codes = tuple(row["permits"].split("|"))
    for code in codes:
        if code not in permits:
            raise TableError(f"{where}: unknown permit “{code}”")
        if permits[code].trigger.startswith("非经营范围触发"):
            raise TableError(f"{where}: {code} can't be derived from a scope")
    certainty = row["certainty"]
    if certainty not in ("sure", "review"):
        raise TableError(f"{where}: certainty must be sure or review, not “{certainty}”")
    if not row["objects"]:
        raise TableError(f"{where}: no objects")
    return Rule(
        id=row["rule"],
        permits=codes,
        deeds=_classes(row["deeds"]),
        without=_classes(row["without"]),
        needs=_words(row["needs"]),
        unless=_words(row["unless"]),
        removed_by=_words(row["removed_by"]),
        yields_to=tuple(code for code in row["yields_to"].split("|") if code),
        certainty="sure" if certainty == "sure" else "review",
        any_tail=row["tail"] == "any",
        meaning=row["meaning"],
        basis=row["basis"],
        verified=row["verified"] == "yes",
    )
