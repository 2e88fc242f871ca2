"""The tables of clues: what was found, what offices do about it, and who told of it.

A clue is a suspicion, never a fact about anybody: nothing here is public or reaches a credit file.
"""

from __future__ import annotations

from gongzhi.clues.models.clue import Clue, Ended, Joining, Likeness, Operator, Photo
from gongzhi.clues.models.handling import (
    Alert,
    Assistance,
    Copy,
    JointClue,
    JointOperation,
    Objection,
    Revisit,
    StagePlan,
)
from gongzhi.clues.models.reporting import (
    HotlineFile,
    HotlineRow,
    IdentityAccess,
    Market,
    MarketReport,
    Report,
    ReporterIdentity,
)

__all__ = [
    "Alert",
    "Assistance",
    "Clue",
    "Copy",
    "Ended",
    "HotlineFile",
    "HotlineRow",
    "IdentityAccess",
    "Joining",
    "JointClue",
    "JointOperation",
    "Likeness",
    "Market",
    "MarketReport",
    "Objection",
    "Operator",
    "Photo",
    "Report",
    "ReporterIdentity",
    "Revisit",
    "StagePlan",
]
