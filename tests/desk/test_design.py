"""The design system keeps its promises: contrast, shapes beside colours, nothing inline, every part shown."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.test.signals import template_rendered
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

import gongzhi.desk
from gongzhi.desk import assets, translations
from gongzhi.desk.templatetags.desk import register
from gongzhi.desk.templatetags.desk_forms import field_rows
from gongzhi.desk.templatetags.desk_records import marked_segments
from gongzhi.desk.templatetags.desk_words import ICONS, TONE_ICONS
from gongzhi.desk.views.styleguide import COLOURS, examples

DESK = Path(gongzhi.desk.__file__).parent
TEMPLATES = DESK / "templates"
STYLES = DESK.parents[2] / "web" / "src" / "styles"

PAPERS = ("paper", "ground")
TEXT_ON = (
    *(
        (ink, paper)
        for ink in ("ink", "ink-soft", "primary", "primary-strong")
        for paper in (*PAPERS, "sunken")
    ),
    *(
        (tone, paper)
        for tone in ("accent", "good", "warn", "bad", "info", "rest")
        for paper in (*PAPERS, f"{tone}-soft")
    ),
    *(("ink", f"{tone}-soft") for tone in ("good", "warn", "bad", "info", "rest", "primary")),
    ("primary-strong", "primary-soft"),
    ("primary", "primary-soft"),
    ("ink", "mark"),
    *(("paper", filled) for filled in ("primary", "primary-strong", "bad", "bad-strong", "rest")),
)
"""Text of any size: 4.5 to 1 (WCAG 2.1, 1.4.3)."""
SHAPES_ON = (
    *((shape, paper) for shape in ("line-strong", "warn-line", "focus", "primary") for paper in PAPERS),
    ("focus", "primary-soft"),
    ("warn-line", "mark"),
)
"""Borders of controls, lamps and the ring of the focus: 3 to 1 (WCAG 2.1, 1.4.11)."""
BARE = {"line"}
"""Only divides what spacing divides already."""


@pytest.fixture(autouse=True)
def _built(tmp_path: Path) -> Any:
    """Assets that need no build: what they are called is not what these tests are about."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(
        '{"src/mark.svg": {"file": "mark-1.svg"}, "src/look": {"file": "look-1.css", "name": "look"},'
        ' "src/desk": {"file": "desk-1.js", "name": "desk"}}'
    )
    templates = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATES],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ],
            "libraries": {"desk": "gongzhi.desk.templatetags.desk"},
        },
    }
    with override_settings(
        GONGZHI_WEB_MANIFEST=manifest, TEMPLATES=[templates], ROOT_URLCONF="styleguide_urls"
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _english() -> None:
    """Django reads the compiled catalogue, which is not kept in git."""
    translations.compile_catalogue()


def colours() -> dict[str, str]:
    text = (STYLES / "_tokens.scss").read_text(encoding="utf-8")
    block = text[text.index("$colours: (") : text.index(");")]
    return dict(re.findall(r'"([\w-]+)": (#[0-9a-f]{6})', block))


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb as WCAG 2.1 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_agrees_with_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(("text", "paper"), TEXT_ON)
def test_text_can_be_read_on_every_ground_it_stands_on(text: str, paper: str) -> None:
    assert contrast(colours()[text], colours()[paper]) >= 4.5


@pytest.mark.parametrize(("shape", "paper"), SHAPES_ON)
def test_controls_and_marks_stand_out_from_their_ground(shape: str, paper: str) -> None:
    assert contrast(colours()[shape], colours()[paper]) >= 3


def test_every_colour_is_measured_and_shown() -> None:
    measured = {name for pair in (*TEXT_ON, *SHAPES_ON) for name in pair} | BARE
    assert measured == set(colours())
    assert set(COLOURS) == set(colours())


def test_colours_are_written_in_the_tokens_only() -> None:
    parts = [path for path in STYLES.rglob("*.scss") if path.name != "_tokens.scss"]
    found = [
        (path.name, colour)
        for path in parts
        for colour in re.findall(
            r":[^;{]*?(#[0-9a-fA-F]{3,8})\b(?=[\s;,)])", path.read_text(encoding="utf-8")
        )
    ]
    assert parts
    assert not found


class Page(HTMLParser):
    """The elements of a page: tag, attributes and the text inside."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self._open: list[dict[str, Any]] = []
        self.feed(html)
        assert not self._open, f"never closed: {[one['tag'] for one in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} names an attribute twice: {names}"
        element = {"tag": tag, "attrs": dict(attrs), "text": "", "inside": [one["tag"] for one in self._open]}
        self.elements.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1]["tag"] == tag, f"</{tag}> closes <{self._open[-1]['tag']}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element["text"] += data.strip()

    def all(self, *tags: str) -> list[dict[str, Any]]:
        return [one for one in self.elements if one["tag"] in tags]


SIGN_IN = {
    "fields": [
        {"name": "name", "zh": "账号", "en": "Name"},
        {"name": "word", "zh": "密码", "en": "Password"},
    ],
    "errors": {"": "两项不符"},
}
PAGES: dict[str, dict[str, Any] | None] = {
    "styleguide.html": None,
    "sign_in.html": SIGN_IN,
    "home.html": {},
    **{f"{code}.html": {} for code in ("400", "403", "403_csrf", "404", "500")},
    "errors/conflict.html": {"by": "李强", "title": "登记结果", "url": "/"},
    "errors/offline.html": {},
}


def shown(name: str, language: str = "zh-hans", cookies: dict[str, str] | None = None) -> str:
    """A page as it is sent; without a request for the error pages, which must stand without one."""
    context = PAGES[name]
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies or {})
    with translation.override(language):
        given = examples() if context is None else context
        return render_to_string(name, given, None if name == "500.html" else request)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_and_every_part_of_it_has_a_name(name: str, language: str) -> None:
    html = shown(name, language)
    page = Page(html)
    ids = Counter(one["attrs"]["id"] for one in page.elements if "id" in one["attrs"])
    assert [i for i, n in ids.items() if n > 1] == []
    for one in page.elements:
        attrs = one["attrs"]
        named_by = [attrs.get("for"), attrs.get("popovertarget"), attrs.get("data-dialog-open")]
        named_by += (attrs.get("aria-describedby") or "").split() + (
            attrs.get("aria-labelledby") or ""
        ).split()
        assert {i for i in named_by if i} <= set(ids), one
        if one["tag"] in {"button", "a", "summary"}:
            assert one["text"] or attrs.get("aria-label"), one
        if one["tag"] in {"input", "select", "textarea"} and attrs.get("type") != "hidden":
            labelled = any(label["attrs"].get("for") == attrs.get("id") for label in page.all("label"))
            assert labelled or "label" in one["inside"] or attrs.get("aria-label"), one
        if one["tag"] == "a" and (attrs.get("href") or "").startswith("#") and len(attrs["href"]) > 1:
            assert attrs["href"][1:] in ids, one
    assert len(page.all("h1")) <= 1
    assert page.all("html")[0]["attrs"]["lang"] == language
    assert len(page.all("main")) == 1


@pytest.mark.parametrize("name", PAGES)
def test_nothing_inline_so_that_the_content_policy_can_forbid_it(name: str) -> None:
    for one in Page(shown(name)).elements:
        assert "style" not in one["attrs"], one
        assert one["tag"] != "style", one
        assert not [attribute for attribute in one["attrs"] if re.match(r"on|hx-on", attribute)], one
        assert one["tag"] != "script" or (one["attrs"].get("src") and not one["text"]), one


@pytest.mark.parametrize("name", PAGES)
def test_english_pages_hold_no_chinese_but_names_and_quotations(name: str) -> None:
    html = shown(name, "en")
    own = {"简体中文", "陈", "陈明", "李强", "登记结果"}
    quoted = re.sub(r"<blockquote.*?</blockquote>|<mark>.*?</mark>", "", html, flags=re.DOTALL)
    left = set(re.findall(r"[\u3400-\u9fff]+", quoted)) - own
    assert left == ({"两项不符"} if name == "sign_in.html" else set())


def test_the_style_guide_shows_every_component() -> None:
    seen: set[str] = set()

    def remember(template: Template, **_: object) -> None:
        seen.add(template.name or "")

    # The signal is sent only under Django's test environment, which pytest-django sets up.
    template_rendered.connect(remember)
    try:
        shown("styleguide.html")
        shown("sign_in.html")
    finally:
        template_rendered.disconnect(remember)
    components = {f"components/{path.name}" for path in (TEMPLATES / "components").glob("*.html")}
    assert components - seen == set()


def test_every_tag_is_described_in_the_handbook() -> None:
    handbook = (DESK.parents[2] / "docs" / "design-system.md").read_text(encoding="utf-8")
    assert [name for name in (*register.tags, *register.filters) if f"`{name}`" not in handbook] == []


def render(source: str, **context: object) -> str:
    return Template("{% load desk %}" + source).render(Context(context))


def test_each_lamp_has_words_and_a_shape_of_its_own() -> None:
    due = dt.date(2026, 10, 12)
    lamps = [
        render(f'{{% lamp "{level}" due=due %}}', due=due)
        for level in ("green", "yellow", "red", "paused", "done")
    ]
    shapes = [re.search(r"<svg.*</svg>", lamp, re.DOTALL).group() for lamp in lamps]  # type: ignore[union-attr]
    words = [re.search(r'lamp-words">([^<]+)<', lamp).group(1) for lamp in lamps]  # type: ignore[union-attr]
    without_colour = {re.sub(r'class="[^"]*"', "", shape) for shape in shapes}
    assert len(without_colour) == len(set(words)) == 5


@pytest.mark.parametrize(
    ("days", "unit", "zh", "en"),
    [
        (5, "working", "还剩 5 个工作日", "5 working days left"),
        (1, "working", "还剩 1 个工作日", "1 working day left"),
        (0, "working", "今天到期", "Due today"),
        (-1, "calendar", "已超期 1 天", "1 day overdue"),
        (-12, "working", "已超期 12 个工作日", "12 working days overdue"),
    ],
)
def test_a_lamp_counts_days_in_words(days: int, unit: str, zh: str, en: str) -> None:
    source = "{% lamp 'red' days_left=days unit=unit %}"
    with translation.override("zh-hans"):
        assert zh in render(source, days=days, unit=unit)
    with translation.override("en"):
        assert en in render(source, days=days, unit=unit)


def test_a_due_date_past_the_published_calendar_says_so() -> None:
    source = "{% lamp 'green' due=due days_left=9 provisional=sure %}"
    due = dt.date(2027, 1, 8)
    with translation.override("zh-hans"):
        assert "暂定" in render(source, due=due, sure=True)
        assert "暂定" not in render(source, due=due, sure=False)


def test_every_tone_has_a_shape_of_its_own() -> None:
    assert len({ICONS[name] for name in TONE_ICONS.values()}) == len(TONE_ICONS)


SPANS = st.lists(
    st.tuples(st.integers(-3, 30), st.integers(-3, 30)).map(lambda s: {"start": s[0], "end": s[1]}),
    max_size=6,
)


@given(text=st.text(max_size=25), words=SPANS)
def test_quoted_words_are_marked_and_the_text_stays_whole(text: str, words: list[dict[str, int]]) -> None:
    pieces = marked_segments(text, words)
    assert "".join(piece for piece, _ in pieces) == text
    flags = [marked for piece, marked in pieces for _ in piece]
    slow = [any(word["start"] <= i < word["end"] for word in words) for i in range(len(text))]
    assert flags == slow
    assert all(piece for piece, _ in pieces)
    assert not any(not a and not b for (_, a), (_, b) in pairwise(pieces))


def test_a_raw_scope_with_markup_in_it_is_shown_and_not_run() -> None:
    text = "销售<script>alert(1)</script>"
    html = render(
        "{% why reason %}", reason={"text": text, "words": [{"text": "<b>", "start": 2, "end": 10}]}
    )
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_field_of_a_graph_speaks_the_readers_language() -> None:
    field = {
        "name": "result",
        "zh": "结果",
        "en": "Result",
        "hint_zh": "选一个",
        "hint_en": "Choose one",
        "kind": "choice",
        "choices": [{"code": "a", "zh": "好", "en": "Good"}, {"code": "b", "zh": "不好", "en": "Bad"}],
    }
    with translation.override("en"):
        row = field_rows([field], {"result": "b"}, {"result": "请填写此项"})[0]
    assert (row["label"], row["hint"]) == ("Result", "Choose one")
    assert [(one["label"], one["picked"]) for one in row["choices"]] == [("Good", False), ("Bad", True)]
    assert row["errors"] == ["Please fill this in"]
    with translation.override("zh-hans"):
        assert field_rows([field], {}, {})[0]["label"] == "结果"


@pytest.mark.parametrize(
    ("kind", "answers", "drawn"),
    [
        ("choice", 3, "cards"),
        ("choice", 7, "list"),
        ("select", 3, "list"),
        ("radio", 12, "cards"),
        ("department", 9, "list"),
        ("reference", 0, "text"),
        ("text", 0, "text"),
    ],
)
def test_few_answers_are_all_shown_and_many_become_a_list(kind: str, answers: int, drawn: str) -> None:
    choices = [(str(n), str(n)) for n in range(answers)]
    assert (
        field_rows([{"name": "x", "label": "x", "kind": kind, "choices": choices}], {}, {})[0]["shape"]
        == drawn
    )


def test_a_password_is_never_sent_back() -> None:
    html = render(
        "{% form_fields fields values=values %}",
        fields=[{"name": "password", "label": "x", "kind": "password"}],
        values={"password": "secret"},
    )
    assert "secret" not in html


def test_large_type_is_remembered_by_the_cookie_and_nothing_else() -> None:
    assert 'data-size="large"' in shown("styleguide.html", cookies={"gongzhi_size": "large"})
    assert 'data-size="normal"' in shown("styleguide.html", cookies={"gongzhi_size": '"><script>'})


def test_assets_that_were_not_built_say_how_to_build_them(tmp_path: Path) -> None:
    with (
        override_settings(GONGZHI_WEB_MANIFEST=tmp_path / "absent.json"),
        pytest.raises(assets.AssetsNotBuiltError, match="npm run build"),
    ):
        assets.built_path("look")
    with pytest.raises(assets.AssetsNotBuiltError, match="no entry 'nothing'"):
        assets.built_path("nothing")


def test_what_a_page_loads_is_small_and_from_this_server() -> None:
    if not assets.MANIFEST.exists():
        pytest.skip("the web assets are not built (`make setup` builds them)")
    with override_settings(GONGZHI_WEB_MANIFEST=assets.MANIFEST):
        style = (DESK / "static" / assets.built_path("look")).read_bytes()
        script = (DESK / "static" / assets.built_path("desk")).read_bytes()
    assert len(gzip.compress(style)) < 60_000
    assert len(gzip.compress(script)) < 40_000
    assert not re.findall(rb"url\(\s*[\"']?(?:https?:|//|data:)|@import", style)
    # No face is fetched, not even from here: a page only names faces that the machine has.
    faces = re.findall(rb"@font-face\s*\{[^}]*\}", style)
    assert all(b"url(" not in face and b"local(" in face for face in faces)
    assert len(faces) <= 1
