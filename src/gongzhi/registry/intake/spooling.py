"""Keeps the entries of a file until the whole file was read: only then is it known which of two rows is the last."""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from gongzhi.registry.rules import Entry


class Spool:
    """Entries on disk in chunks, in the order of the file; memory holds sixteen bytes a row."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="gongzhi-import-")  # noqa: SIM115  closed by __exit__
        self._keys = array("q")
        self._lines = array("q")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, entries: Sequence[Entry]) -> None:
        """Append entries; their lines rise."""
        if entries:
            # We wrote this file ourselves and nobody else can open it, so that it may be unpickled.
            # Plain tuples come back several times as fast as what names its kind.
            pickle.dump([tuple(entry) for entry in entries], self._file, pickle.HIGHEST_PROTOCOL)
            self._keys.extend(hash(entry.uscc) for entry in entries)
            self._lines.extend(entry.line for entry in entries)

    def superseded(self) -> frozenset[int]:
        """The lines whose code occurs again further down."""
        keys, lines = np.array(self._keys), np.array(self._lines)
        order = np.argsort(keys, kind="stable")
        same = np.zeros(len(keys), dtype=bool)
        if len(keys) > 1:
            twins = keys[order][1:] == keys[order][:-1]
            same[order[1:][twins]] = True
            same[order[:-1][twins]] = True
        suspects = frozenset(lines[same].tolist())
        if not suspects:
            return suspects
        # Equal keys make equal codes likely, not certain; the codes themselves decide.
        last: dict[str, int] = {}
        for entries in self.chunks():
            for entry in entries:
                if entry.line in suspects:
                    last[entry.uscc] = entry.line
        return suspects - frozenset(last.values())

    def chunks(self) -> Iterator[list[Entry]]:
        """The entries as they were added, chunk by chunk."""
        self._file.seek(0)
        while True:
            try:
                rows: list[tuple[Any, ...]] = pickle.load(self._file)  # noqa: S301  written by `add` above
            except EOFError:
                return
            yield list(map(Entry._make, rows))
