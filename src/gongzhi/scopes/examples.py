"""The table that a lawyer reads: scopes with what they call for and why. The rules are held against it."""

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def shipped_examples() -> str:
    """Read the shipped table as CSV text: 经营范围, 应推送, 待人判断, 理由与依据; codes are joined by “|”."""
    return (files("gongzhi.scopes") / "data" / "examples.csv").read_text("utf-8")
