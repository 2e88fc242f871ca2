"""What follows from a clue's own acts, in the same transaction: its row follows its case, others are told.

Every reaction takes batches, and none of them minds a case that has no clue. What an act was told it reads from the
line that the act added, so that it does not matter whether one clue moved or ten thousand with an answer each.
"""

# ruff: noqa: I001 - what two of them do after one act is done in this order: a result is kept before it is looked at
from __future__ import annotations

from gongzhi.clues.consequences import (
    following,
    objecting,
    parting,
    ending,
    assisting,
    operating,
)

__all__ = ["assisting", "ending", "following", "objecting", "operating", "parting"]
