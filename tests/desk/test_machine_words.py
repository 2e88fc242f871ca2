"""Everything that the machine writes into journals is said in both languages: sentences, codes and names of steps."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import translation
from tests.loop.city import City
from tests.loop.visitor import Visitor

import gongzhi
from gongzhi.cli.flow import processes
from gongzhi.clues import sentences
from gongzhi.desk import timelines
from gongzhi.desk.machine_words import spoken
from gongzhi.flow.queries import Line

Desk = Callable[..., Visitor]
HAN = re.compile(r"[\u3400-\u9fff]")
ROOMS = ("flow", "org", "registry", "places", "catalog", "rulebooks", "notices", "visits", "clues")
CODED = {"cause", "proof", "reason", "how", "receipt", "method"}
RAW = re.compile(r"[a-z]+(?:_[a-z]+)+")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    root = Path(gongzhi.__file__).parent
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def stated(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What a text writes under a name: in a dict and as a keyword."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        elif isinstance(node, ast.Call):
            yield from ((word.arg, word.value) for word in node.keywords if word.arg)
            if getattr(node.func, "id", "") == "Told" and len(node.args) > 2:
                yield "words", node.args[2]


def test_no_process_writes_a_sentence_that_is_not_listed_for_translation() -> None:
    loose = [
        (path.name, value.lineno)
        for path, tree in trees()
        for name, value in stated(tree)
        if name == "words" and not isinstance(value, ast.Tuple)  # the headings of a file are read, not said
        for part in ast.walk(value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and HAN.search(part.value)
    ]
    assert loose == [], "put it into clues.sentences, with its English"


@pytest.mark.parametrize("sentence", sentences.EVERY)
def test_every_sentence_of_the_machine_is_said_in_english(sentence: str) -> None:
    written = sentence % {"rounds": 3} if "%" in sentence else sentence
    with translation.override("en"):
        said = spoken(written)
    assert not HAN.search(said), said
    assert ("3" in said) == ("%" in sentence)
    with translation.override("zh-hans"):
        assert spoken(written) == written


def test_the_words_of_a_person_are_nobodys_to_translate() -> None:
    with translation.override("en"):
        assert spoken("按职责规则，应由城管处置") == "按职责规则，应由城管处置"
        assert spoken("") == ""


def codes() -> dict[str, set[str]]:
    """The codes that processes write under each name."""
    found: dict[str, set[str]] = {}
    for _path, tree in trees():
        for name, value in stated(tree):
            if name in CODED and isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.setdefault(name, set()).add(value.value)
    return found


def line(graph: str, source: str, action: str, target: str, form: dict[str, object]) -> Line:
    return Line(
        case_id=1,
        seq=2,
        graph=graph,
        at=datetime(2026, 9, 21, 2, tzinfo=UTC),
        by="系统",
        post_id=0,
        action=action,
        source=source,
        target=target,
        form=form,
        due=date(2026, 9, 30),
        on_day=date(2026, 9, 21),
        department="market",
        area="441900006003",
        suspended_due=None,
    )


def test_every_step_of_the_machine_reads_in_english_without_a_chinese_word(desk: Desk, city: City) -> None:
    written = [
        {"words": sentence % {"rounds": 3} if "%" in sentence else sentence, "rounds": 3}
        for sentence in sentences.EVERY
    ]
    written += [{name: code} for name, some in codes().items() for code in some]
    lines = [
        line(graph.name, edge.source, edge.action, edge.target, dict(form))
        for graph in processes()
        for edge in graph.edges
        for form in ([*written, {}] if "system" in {role.value for role in edge.who} else [{}])
    ]
    assert len(lines) > 500
    with translation.override("en"):
        entries = timelines.entries(lines, moment=city.moment)
    said = {
        str(text)
        for entry in entries
        for text in (
            entry["title"],
            entry["who"],
            entry["body"],
            *(part for fact in entry["facts"] for part in fact),
        )
    }
    assert {text for text in said if HAN.search(text)} == set()
    raw = {text for text in said if RAW.fullmatch(text)}
    assert raw == set(), "a code that nobody put into words"
