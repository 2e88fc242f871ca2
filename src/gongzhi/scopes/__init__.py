"""From the words of a business scope to the permits and filings that they call for.

Pure rules: no database, no clock. `default_book(day)` gives the rules in force on a day, `match` applies them to one
scope, `explain` says also what was left out and why.
"""

from gongzhi.scopes.examples import shipped_examples
from gongzhi.scopes.matching import (
    Applied,
    Excluded,
    Explanation,
    Match,
    PermitHit,
    Words,
    applications,
    explain,
    match,
    match_many,
)
from gongzhi.scopes.rulebook import Permit, Rule, RuleBook, RuleTables, default_book, default_tables

__all__ = [
    "Applied",
    "Excluded",
    "Explanation",
    "Match",
    "Permit",
    "PermitHit",
    "Rule",
    "RuleBook",
    "RuleTables",
    "Words",
    "applications",
    "default_book",
    "default_tables",
    "explain",
    "match",
    "match_many",
    "shipped_examples",
]
