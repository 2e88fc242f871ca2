"""What the law says of unlicensed trade: which class a clue is, whose it is, how urgent, and what its handling needs.

Pure: reference data, days and instants are passed in (`Tables.of(pack)`, or the tables that a city edits). Sources:
无证无照经营查处办法 (国务院令第684号), 广东省市场监管条例 (2021), 东府办〔2017〕110号, and the packs' own rows.
"""

from gongzhi.clues.rules.classes import classify
from gongzhi.clues.rules.decisions import NoDecisionError
from gongzhi.clues.rules.duty import local_department, responsible
from gongzhi.clues.rules.findings import (
    Ask,
    Duty,
    Ending,
    Finding,
    Grade,
    Kind,
    Party,
    Reason,
    Resemblance,
    Responsibility,
    Suggestion,
)
from gongzhi.clues.rules.grading import grade
from gongzhi.clues.rules.handling import (
    lacking_evidence,
    lacking_proof,
    treatments_for,
)
from gongzhi.clues.rules.resembling import Sighting, resemblance
from gongzhi.clues.rules.signs import folded_sign, likeness
from gongzhi.clues.rules.situation import Licence, Matched, PermitFact, Situation, Standing, Where
from gongzhi.clues.rules.suggesting import suggest
from gongzhi.clues.rules.tables import Day, Tables

__all__ = [
    "Ask",
    "Day",
    "Duty",
    "Ending",
    "Finding",
    "Grade",
    "Kind",
    "Licence",
    "Matched",
    "NoDecisionError",
    "Party",
    "PermitFact",
    "Reason",
    "Resemblance",
    "Responsibility",
    "Sighting",
    "Situation",
    "Standing",
    "Suggestion",
    "Tables",
    "Where",
    "classify",
    "folded_sign",
    "grade",
    "lacking_evidence",
    "lacking_proof",
    "likeness",
    "local_department",
    "resemblance",
    "responsible",
    "suggest",
    "treatments_for",
]
