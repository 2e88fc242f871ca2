"""What is published holds nothing of the place where it was written."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import PROJECT

HOOK = "no-addresses-of-one-machine"

# A class of one letter in each word keeps these very lines from matching themselves.
TOOLING = (
    r"[c]laude|[a]nthropic|[o]penai|[c]hatgpt|[c]opilot"
    r"|\b[s]ub-?agents?\b|\b(?:AI|coding|helper) [a]gents?\b|\b(?:system|user) [p]rompts?\b|[b]rief\.md"
    r"|\bcommon [b]rief\b|\b[i]ssues show\b|[b]efore-stop|\bas a[n] AI\b|[g]enerated (?:by|with) (?:AI|an? model)"
)


def published() -> list[str]:
    """The paths of all files under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True, text=True
    ).stdout
    return [path for path in listed.split("\0") if path]


def texts() -> list[tuple[str, str]]:
    """Path and text of each file that is text."""
    found = []
    for path in published():
        file = PROJECT / path
        if file.is_file() and b"\0" not in (content := file.read_bytes()):
            found.append((path, content.decode("utf-8", errors="replace")))
    assert len(found) > 200
    return found


def hook_pattern() -> str:
    """The pattern of the pre-commit hook, so that it and this test cannot drift apart."""
    hooks = (PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entry = re.search(rf"id: {HOOK}\n.*?entry: '(.*?)'\n", hooks, re.DOTALL)
    assert entry, f"the hook {HOOK} is gone"
    return entry[1].replace("''", "'")


def matches(pattern: str, paths_and_texts: list[tuple[str, str]]) -> list[str]:
    wanted = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in paths_and_texts
        if wanted.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line)
    ]


def test_no_file_names_a_package_host_or_a_path_of_somebodys_machine() -> None:
    assert matches(hook_pattern(), texts()) == []


def test_files_speak_of_the_project_alone() -> None:
    assert matches(TOOLING, texts()) == []


@pytest.mark.parametrize(
    "line",
    [
        "see " + "/ro" + "ot/x",
        "cd " + "/wo" + "rk/main",
        "from " + "py" + "pi.org",
        "(" + "/ho" + "me/ann/x)",
    ],
)
def test_the_hook_sees_what_it_is_there_for(line: str) -> None:
    assert matches(hook_pattern(), [("page.md", line)]) == [f"page.md:1: {line}"]


def test_pictures_are_few_and_light() -> None:
    pictures = [Path(path) for path in published() if path.startswith("docs/pictures/")]
    # Photographs of pages, and curves that `make accuracy` draws.
    assert {path.suffix for path in pictures} <= {".png", ".svg"}
    sizes = [(PROJECT / path).stat().st_size for path in pictures]
    assert max(sizes) < 250_000
    assert sum(sizes) < 2_000_000


def test_every_link_between_pages_leads_somewhere() -> None:
    links = [
        (path, target)
        for path, text in texts()
        if path.endswith(".md")
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
        if "://" not in target
    ]
    assert len(links) > 10
    lost = [link for link in links if not (PROJECT / link[0]).parent.joinpath(link[1]).exists()]
    assert lost == []
