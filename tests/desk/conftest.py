"""The small invented city, for the desk's pages."""

from tests.loop.conftest import city, desk, settled

__all__ = ["city", "desk", "settled"]
