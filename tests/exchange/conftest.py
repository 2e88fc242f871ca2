"""The small invented city, and a system that calls it."""

from tests.loop.conftest import city, settled

__all__ = ["city", "settled"]
