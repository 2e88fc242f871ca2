"""The words of the pages in two languages, kept in step without GNU gettext.

`python -m gongzhi.desk.translations` compiles the English catalogue for Django. `--collect` first merges the Chinese
source strings of templates and Python into it, and lists what still lacks English. `--check` changes nothing and exits
1 when an English text is missing, empty, without use, or names other placeholders than its source.

Collected are: the translation tags of templates; calls of gettext, ngettext, pgettext, npgettext and their lazy and
noop forms; and, in the rooms whose answers reach a page as message ids (MESSAGE_ROOMS), constants in capitals and
returned strings that hold Chinese.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1]
CATALOGUE = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"

MESSAGE_ROOMS = frozenset({"rulebooks", "flow", "notices", "visits", "clues"})
"""Rooms whose errors are message ids: a kernel that raises knows no reader and so no language."""

_HEADER = "# English of Gongzhi's pages; the Chinese source strings stand in the templates and the code."
_FIELDS = """msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

_HAN = re.compile(r"[\u3400-\u9fff]")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_CALLS = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "noop", "_"), ("id",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("id", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "id")),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ("context", "id", "plural")),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One source string: its text, its plural form ("" for none) and the context that tells it from its twins."""

    id: str
    plural: str = ""
    context: str = ""


def from_python(source: str, *, messages: bool = False) -> Iterator[tuple[Message, int]]:
    """Source strings of a Python text with their lines; with `messages` also constants and returned strings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            found = _from_call(node)
            if found:
                yield found, node.lineno
        elif messages:
            yield from _message_ids(node)


def _from_call(call: ast.Call) -> Message | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    roles = _CALLS.get(name)
    if roles is None or len(call.args) < len(roles):
        return None
    texts = [arg.value for arg in call.args[: len(roles)] if isinstance(arg, ast.Constant)]
    if len(texts) < len(roles) or not all(isinstance(text, str) and text for text in texts):
        return None
    return Message(**dict(zip(roles, texts, strict=True)))


def _message_ids(node: ast.AST) -> Iterator[tuple[Message, int]]:
    value: ast.expr | None = None
    if (
        isinstance(node, ast.Return)
        or (
            isinstance(node, ast.Assign)
            and all(isinstance(t, ast.Name) and t.id.isupper() for t in node.targets)
        )
        or (
            isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id.isupper()
        )
    ):
        value = node.value
    for one in value.values if isinstance(value, ast.Dict) else (value,):
        # A text of several lines is a document, not something that is said to a person in passing.
        text = one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else ""
        if _HAN.search(text) and "\n" not in text:
            yield Message(text), one.lineno


def _speaks(where: Path) -> bool:
    """Whether a file's constants are message ids. Pure rules say both languages themselves."""
    return where.parts[0] in MESSAGE_ROOMS and where.parts[1:2] != ("rules",)


def from_template(source: str, origin: str = "") -> Iterator[tuple[Message, int]]:
    """Source strings of a Django template with their lines."""
    from django.utils.translation.template import templatize  # noqa: PLC0415 - checking Python needs no Django

    # Django turns a template into a text in which only the calls of gettext are left, each on its line. Within
    # brackets Python's tokenizer doesn't mind the indentation.
    text = "(\n" + templatize(source, origin=origin)
    tokens = list(_tokens(text))
    for index, token in enumerate(tokens):
        if token.type == tokenize.NAME and token.string in _CALLS:
            found = _from_call(_call_at(tokens, index))
            if found:
                yield found, token.start[0] - 1


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Tokens of a text whose first bracket is never closed: its end is an error for the tokenizer, and not for us."""
    stream = tokenize.generate_tokens(io.StringIO(text).readline)
    while True:
        try:
            yield next(stream)
        except (StopIteration, tokenize.TokenError):
            return


def _call_at(tokens: list[tokenize.TokenInfo], index: int) -> ast.Call:
    depth = 0
    parts = []
    for token in tokens[index:]:
        parts.append(token.string)
        depth += (token.string == "(") - (token.string == ")")
        if depth == 0 and token.string == ")":
            break
    expression = ast.parse("".join(parts), mode="eval").body
    if not isinstance(expression, ast.Call):
        raise TypeError(f"not a call: {''.join(parts)}")
    return expression


def collect(package: Path = PACKAGE) -> dict[Message, list[str]]:
    """Every source string below a package, with the places where it stands ("desk/apps.py:13")."""
    _configure()
    found: dict[Message, list[str]] = {}
    for path in sorted(package.rglob("*")):
        where = path.relative_to(package)
        if path.suffix == ".py" and "migrations" not in where.parts:
            text = path.read_text(encoding="utf-8")
            if not _HAN.search(text):
                continue
            strings = from_python(text, messages=_speaks(where))
        elif path.suffix in {".html", ".txt"} and "templates" in where.parts:
            strings = from_template(path.read_text(encoding="utf-8"), str(where))
        else:
            continue
        for message, line in strings:
            found.setdefault(message, []).append(f"{where.as_posix()}:{line}")
    return found


def _configure() -> None:
    """`templatize` asks Django's settings for a few switches; a bare command has none."""
    from django.conf import settings  # noqa: PLC0415

    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        settings.configure(USE_I18N=True)


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    """The English catalogue; an empty one where there is no file yet."""
    if not path.exists():
        return Catalog(locale="en", domain="django", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="en", domain="django")


def _key(message: Message) -> tuple[str | tuple[str, str], str | None]:
    return ((message.id, message.plural) if message.plural else message.id), (message.context or None)


def merged(found: dict[Message, list[str]], known: Catalog) -> Catalog:
    """The catalogue of exactly the strings found, with every translation already known; new ones are empty."""
    catalogue = Catalog(locale="en", domain="django", fuzzy=False, header_comment=_HEADER)
    for message in sorted(found, key=lambda one: (found[one][0].split(":")[0], one.id)):
        ident, context = _key(message)
        before = known.get(message.id, context)
        said = before.string if before is not None and before.id == ident else None
        files = sorted({place.rsplit(":", 1)[0] for place in found[message]})
        # Files without lines: a line that moves must not touch the catalogue.
        empty = ("", "") if message.plural else ""
        catalogue.add(ident, said or empty, [(name, None) for name in files], context=context)
    return catalogue


def write_catalogue(catalogue: Catalog, path: Path = CATALOGUE) -> None:
    """Write the catalogue as text, stable from run to run."""
    body = io.BytesIO()
    write_po(body, catalogue, width=100, omit_header=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{_HEADER}\n{_FIELDS}\n{body.getvalue().decode()}", encoding="utf-8")


def compile_catalogue(path: Path = CATALOGUE) -> Path:
    """Write the binary catalogue that Django reads beside the text; answers with its path."""
    compiled = path.with_suffix(".mo")
    content = io.BytesIO()
    write_mo(content, read_catalogue(path))
    fresh = compiled.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content.getvalue())
    fresh.replace(compiled)
    return compiled


def faults(found: dict[Message, list[str]], known: Catalog) -> list[str]:
    """What is wrong with the catalogue, one line a fault; empty when both languages are whole."""
    wrong = []
    for message, places in found.items():
        ident, context = _key(message)
        entry = known.get(message.id, context)
        if entry is None or entry.id != ident:
            wrong.append(f"{places[0]}: {message.id!r} is not in the catalogue")
            continue
        texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        if entry.fuzzy or not all(texts):
            wrong.append(f"{places[0]}: {message.id!r} has no English")
        elif _placeholders(message.id) != _placeholders(texts[-1]):
            wrong.append(f"{places[0]}: {message.id!r} and {texts[-1]!r} name different placeholders")
        elif any(_HAN.search(text) for text in texts):
            wrong.append(f"{places[0]}: the English of {message.id!r} is Chinese")
    used = {_key(message) for message in found}
    wrong.extend(
        f"{entry.id!r} is in the catalogue and nowhere in use"
        for entry in known
        if entry.id and (entry.id, entry.context) not in used
    )
    return wrong


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 1 when a text is missing or stale, else 0."""
    parser = argparse.ArgumentParser(prog="python -m gongzhi.desk.translations", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--collect", action="store_true", help="merge new source strings into the catalogue")
    which.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when a text is missing or stale"
    )
    chosen = parser.parse_args(arguments)
    if not chosen.collect and not chosen.check:
        compile_catalogue()
        return 0
    found = collect()
    if chosen.collect:
        write_catalogue(merged(found, read_catalogue()))
        compile_catalogue()
    wrong = faults(found, read_catalogue())
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
