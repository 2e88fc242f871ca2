"""What is compiled is the same sources, is used where it can be, and never stands in for sources that were edited."""

import csv
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import compile_modules
import pytest

from gongzhi import machine_code
from gongzhi.scopes import shipped_examples
from tests.scopes.test_any_text import PIECES

# Reads scopes as JSON and prints, for each, all that is answered and explained, and whether by machine code.
ASKING = """
import datetime, hashlib, json, sys
from gongzhi import machine_code
from gongzhi.scopes import default_book, explain, match
book = default_book(datetime.date(2026, 9, 21))
told = []
for scope in json.load(sys.stdin):
    explained = explain(scope, book)
    excluded = [(*out[0], *out[1:]) for out in explained.excluded]
    said = repr((match(scope, book), explained.match, excluded, explained.activities, explained.unmatched))
    told.append(hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest())
json.dump({"compiled": machine_code.in_use(), "told": told}, sys.stdout)
"""


def _asked(scopes: list[str], **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", ASKING],
        input=json.dumps(scopes),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return json.loads(done.stdout)


def _scopes() -> list[str]:
    chance = random.Random(20260921)  # noqa: S311  a repeatable sample, no secret
    glued = ["".join(chance.choices(PIECES, k=chance.randrange(30))) for _ in range(2_000)]
    return [*glued, *(row["经营范围"] for row in csv.DictReader(shipped_examples().splitlines()))]


def _assert_alike(scopes: list[str]) -> None:
    compiled, python = _asked(scopes, GONGZHI_PURE=""), _asked(scopes, GONGZHI_PURE="1")

    assert compiled["compiled"] == machine_code.in_use()
    assert not python["compiled"]
    assert len(compiled["told"]) == len(scopes)
    assert compiled["told"] == python["told"]


def test_it_is_compiled_wherever_there_is_a_compiler() -> None:
    if os.environ.get("GONGZHI_PURE") or compile_modules.missing():
        pytest.skip("no compiler here, or Python asked for")
    assert machine_code.in_use()
    assert all(
        Path(str(sys.modules[name].__file__)).is_relative_to(machine_code.COMPILED)
        for name in machine_code.MODULES
        if name in sys.modules
    )


def test_machine_code_answers_as_python_does() -> None:
    _assert_alike(_scopes())


@pytest.mark.evaluation
@pytest.mark.parametrize("city", ["dongguan", "zhuhai", "chaoyang_liaoning"])
def test_machine_code_answers_real_scopes_as_python_does(evaluation: Path, city: str) -> None:
    register = evaluation / "registrations" / f"enterprise_{city}_dev.csv.gz"
    with gzip.open(register, "rt", encoding="utf-8", newline="") as lines:
        _assert_alike([row["business_scope"] for row in islice(csv.DictReader(lines), 3, None, 7)])


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of what was compiled, or the like of it where nothing was."""
    folder = tmp_path / "compiled"
    if machine_code.files():
        shutil.copytree(machine_code.COMPILED, folder)
        return folder
    suffix = machine_code.EXTENSION_SUFFIXES[0]
    for name in (machine_code.LIBRARY, *machine_code.MODULES):
        file = folder.joinpath(*name.split(".")).with_suffix(suffix)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    (folder / machine_code.MADE_OF).write_text(json.dumps(machine_code.sources()))
    return folder


def test_what_was_made_of_other_sources_is_left_alone(copied: Path) -> None:
    assert machine_code.files(copied)
    made_of = machine_code.sources()
    made_of["gongzhi.scopes.grammar"] = "0" * 64
    (copied / machine_code.MADE_OF).write_text(json.dumps(made_of))

    assert machine_code.files(copied) == {}


def test_what_lacks_a_module_or_was_made_for_another_python_is_left_alone(copied: Path) -> None:
    suffix = machine_code.EXTENSION_SUFFIXES[0]
    file = (copied / "gongzhi/scopes/reading").with_suffix(suffix)
    file.rename(file.with_name("reading.cpython-399-none.so"))

    assert machine_code.files(copied) == {}


LOADING = """
import os, pathlib, sys
from gongzhi import machine_code
del os.environ["GONGZHI_PURE"]
used = machine_code.use(pathlib.Path(sys.argv[1]))
import gongzhi.scopes.matching as matching
print(used, machine_code.in_use(), matching.__file__.endswith("matching.py"))
"""


def test_what_does_not_load_here_leaves_python_at_work(copied: Path) -> None:
    library = copied.joinpath(machine_code.LIBRARY).with_suffix(machine_code.EXTENSION_SUFFIXES[0])
    library.write_bytes(b"no code")

    said = subprocess.run(
        [sys.executable, "-c", LOADING, str(copied)],
        env={**os.environ, "GONGZHI_PURE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.split() == ["False", "False", "True"]
