"""Python's collector of objects that only refer to each other, told to rest while many are made that do not."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """Keep the collector from walking through all that is alive, again and again, while much is made and kept.

    For work that makes no cycles: what is let go of meanwhile is taken away at once all the same. It may be nested.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:  # where two threads are at it at once, the one that came first sees to it
            gc.enable()
