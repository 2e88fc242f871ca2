"""The small invented city, for this room's tests."""

from tests.loop.conftest import city, settled

__all__ = ["city", "settled"]
