"""Both languages are whole, and the tool that keeps them so finds what is missing."""

from __future__ import annotations

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

import pytest

import gongzhi.desk
from gongzhi.desk import translations
from gongzhi.desk.translations import Message

DESK = Path(gongzhi.desk.__file__).parent
TEMPLATES = sorted((DESK / "templates").rglob("*.html"))
READS = {
    "removesuffix",
    "removeprefix",
    "startswith",
    "endswith",
    "replace",
    "partition",
    "rpartition",
    "split",
}
"""Reading Chinese data is not speaking Chinese to a person."""
HAN = re.compile(r"[\u3400-\u9fff]")
SPOKEN = re.compile(
    r"{#.*?#}"
    r"|{%\s*comment.*?endcomment\s*%}"
    r"|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*trans(?:late)?\s+(?:\"[^\"]*\"|'[^']*').*?%}"
    r"|_\((?:\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)


def test_every_text_of_the_pages_is_there_in_both_languages() -> None:
    assert translations.faults(translations.collect(), translations.read_catalogue()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(DESK / "templates").as_posix())
def test_templates_hold_no_bare_chinese(path: Path) -> None:
    rest = SPOKEN.sub("", path.read_text(encoding="utf-8"))
    assert HAN.findall(rest) == []


def bare_chinese(source: str) -> list[str]:
    """Chinese strings of a Python text that no reader of English could be spared: neither docstring, translated, given
    in both languages, nor a constant."""
    tree = ast.parse(source)
    excused: set[int] = set()
    for node in ast.walk(tree):
        inside: list[ast.AST] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside = [node.value]
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            inside = list(node.args) if "gettext" in name or name in {"_", "Bilingual", *READS} else []
            inside += [word.value for word in node.keywords if word.arg in {"zh", "hint_zh"}]
        elif isinstance(node, ast.Assign) and all(
            isinstance(t, ast.Name) and t.id.isupper() for t in node.targets
        ):
            inside = [node.value]
        elif isinstance(node, ast.Dict):
            inside = [
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value in {"zh", "hint_zh"}
            ]
        excused.update(id(one) for part in inside for one in ast.walk(part))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and HAN.search(node.value)
        and id(node) not in excused
    ]


@pytest.mark.parametrize(
    "path", sorted(DESK.rglob("*.py")), ids=lambda path: path.relative_to(DESK).as_posix()
)
def test_the_desk_says_nothing_in_chinese_alone(path: Path) -> None:
    assert bare_chinese(path.read_text(encoding="utf-8")) == []


def test_a_bare_chinese_string_is_found() -> None:
    assert bare_chinese('answer = say("你好")') == ["你好"]
    assert bare_chinese('answer = say(_("你好"), zh="你好", en="hello")') == []


def found(source: str) -> set[Message]:
    return {message for message, _ in translations.from_template(source)}


def test_all_forms_of_a_template_are_collected() -> None:
    source = """{% load i18n desk %}
      {% translate "甲" %}{% translate "乙" context "名" %}{% translate "丙" as third %}
      {% blocktranslate with n=count trimmed %}
         丁 {{ n }}
      {% endblocktranslate %}
      {% blocktranslate count n=count %}一 {{ n }}{% plural %}多 {{ n }}{% endblocktranslate %}
      {% state "empty" title=_("戊") %}{{ _("己") }}{# {% translate "注" %} #}
      {% if a %}({% endif %}
    """
    assert found(source) == {
        Message("甲"),
        Message("乙", context="名"),
        Message("丙"),
        Message("丁 %(n)s"),
        Message("一 %(n)s", "多 %(n)s"),
        Message("戊"),
        Message("己"),
    }


def test_all_forms_of_python_are_collected() -> None:
    source = """
gettext("甲"); _("乙"); pgettext_lazy("名", "丙"); ngettext("丁", "戊", 2); module.gettext_noop("己"); other("庚")
PLAIN = "辛"
"""
    assert {message.id for message, _ in translations.from_python(source)} == {"甲", "乙", "丙", "丁", "己"}
    assert Message("丙", context="名") in {message for message, _ in translations.from_python(source)}


def test_message_ids_of_a_process_are_collected() -> None:
    source = '''
TOO_LONG = "内容过长"
WORDS: dict[str, str] = {"a": "甲"}
DOCUMENT = "标题\\n正文"
def guard(case):
    """说明"""
    local = "不收"
    return "已经办结"
'''
    ids = {message.id for message, _ in translations.from_python(source, messages=True)}
    assert ids == {"内容过长", "甲", "已经办结"}


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A small package with one text."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "page.py").write_text('gettext("还有 %(n)s 件")\n', encoding="utf-8")
    return tmp_path


def catalogue(room: Path, body: str) -> translations.Catalog:
    path = room / "django.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n' + body, encoding="utf-8"
    )
    return translations.read_catalogue(path)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "is not in the catalogue"),
        ('msgid "还有 %(n)s 件"\nmsgstr ""\n', "has no English"),
        ('#, fuzzy\nmsgid "还有 %(n)s 件"\nmsgstr "%(n)s left"\n', "has no English"),
        ('msgid "还有 %(n)s 件"\nmsgstr "some left"\n', "different placeholders"),
        ('msgid "还有 %(n)s 件"\nmsgstr "还有 %(n)s 件"\n', "is Chinese"),
        ('msgid "还有 %(n)s 件"\nmsgstr "%(n)s left"\n\nmsgid "旧"\nmsgstr "old"\n', "nowhere in use"),
        ('msgid "还有 %(n)s 件"\nmsgstr "%(n)s left"\n', None),
    ],
)
def test_a_missing_or_stale_text_is_a_fault(room: Path, body: str, fault: str | None) -> None:
    wrong = translations.faults(translations.collect(room), catalogue(room, body))
    assert len(wrong) == (fault is not None)
    assert fault is None or fault in wrong[0]


def test_merging_keeps_translations_drops_what_is_gone_and_is_stable(room: Path) -> None:
    known = catalogue(room, 'msgid "还有 %(n)s 件"\nmsgstr "%(n)s left"\n\nmsgid "旧"\nmsgstr "old"\n')
    path = room / "new.po"
    translations.write_catalogue(translations.merged(translations.collect(room), known), path)
    once = path.read_bytes()
    assert b"old" not in once
    assert translations.faults(translations.collect(room), translations.read_catalogue(path)) == []
    translations.write_catalogue(
        translations.merged(translations.collect(room), translations.read_catalogue(path)), path
    )
    assert path.read_bytes() == once


def test_the_compiled_catalogue_answers_as_written(room: Path) -> None:
    path = room / "django.po"
    body = (
        'msgid "还剩 %(n)s 天"\nmsgid_plural "还剩 %(n)s 天"\nmsgstr[0] "%(n)s day"\nmsgstr[1] "%(n)s days"\n'
    )
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    path.write_text(head + body, encoding="utf-8")
    with translations.compile_catalogue(path).open("rb") as file:
        read = GNUTranslations(file)
    assert read.ngettext("还剩 %(n)s 天", "还剩 %(n)s 天", 1) == "%(n)s day"
    assert read.ngettext("还剩 %(n)s 天", "还剩 %(n)s 天", 3) == "%(n)s days"


def test_the_command_checks_without_touching_anything(capsys: pytest.CaptureFixture[str]) -> None:
    before = translations.CATALOGUE.read_bytes()
    wrong = translations.faults(translations.collect(), translations.read_catalogue())
    assert translations.main(["--check"]) == (1 if wrong else 0)
    assert translations.CATALOGUE.read_bytes() == before
    assert capsys.readouterr().err.splitlines() == wrong
