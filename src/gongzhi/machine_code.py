"""Modules that do nothing but Python's own work, as machine code where a C compiler was at hand.

They are the same sources: `compile_modules.py` lets mypyc compile them into a folder beside this file and puts down of
which sources it made that. What was made of others than lie here is left alone, so that an edit never goes unnoticed;
so is what does not load on this machine. GONGZHI_PURE=1 has everything as Python.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

PACKAGE: Final = Path(__file__).parent
COMPILED: Final = PACKAGE / "compiled"
MADE_OF: Final = "made_of.json"
LIBRARY: Final = "gongzhi_scopes__mypyc"
"""The module that holds the machine code of all the others."""
MODULES: Final = tuple(
    f"gongzhi.scopes.{name}"
    for name in (
        "folding",
        "outline",
        "grammar",
        "entries",
        "exclusions",
        "governing",
        "reading",
        "rulebook",
        "matching",
    )
)


class _Finder(MetaPathFinder):
    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  Python's signature
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        file = self._files.get(fullname)
        if file is None:
            return None
        return spec_from_file_location(fullname, file, loader=ExtensionFileLoader(fullname, str(file)))


def sources(package: Path = PACKAGE) -> dict[str, str]:
    """Give the digest of each module's source, by its name."""
    return {
        name: hashlib.sha256(
            package.joinpath(*name.split(".")[1:]).with_suffix(".py").read_bytes()
        ).hexdigest()
        for name in MODULES
    }


def files(compiled: Path = COMPILED) -> dict[str, Path]:
    """Give the files of machine code by their modules; none where it is not that of these sources and this Python."""
    try:
        made_of = json.loads((compiled / MADE_OF).read_bytes())
    except (OSError, ValueError):
        return {}
    if made_of != sources():
        return {}
    found = {
        name: compiled.joinpath(*name.split(".")).with_suffix(EXTENSION_SUFFIXES[0])
        for name in (LIBRARY, *MODULES)
    }
    return found if all(file.is_file() for file in found.values()) else {}


def use(compiled: Path = COMPILED) -> bool:
    """Have the modules that are imported from now on as machine code where there is any; say whether."""
    found = {} if os.environ.get("GONGZHI_PURE") else files(compiled)
    if not found:
        return False
    finder = _Finder(found)
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module(LIBRARY)
    except ImportError:  # made for another system
        sys.meta_path.remove(finder)
        return False
    return True


def in_use() -> bool:
    """Say whether these modules run as machine code in this process."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)
