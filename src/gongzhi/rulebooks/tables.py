"""The tables that a rule book is made of, and edited rows laid over the shipped ones. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gongzhi.scopes import RuleTables, default_tables, shipped_examples

Row = dict[str, str]
RULES, EXAMPLES, PERMITS = "rules", "examples", "permits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as a person reads it.

    `kind`: text, long, words (several joined by “|”), deeds and permits (codes joined by “|”), choice, day, yes.
    """

    name: str
    zh: str
    en: str
    kind: str = "text"
    required: bool = False
    hint_zh: str = ""
    hint_en: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that a city may edit; `key` names the column by which a row is known."""

    name: str
    zh: str
    en: str
    key: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """A column by name; one that the software has gained since is shown by its name."""
        for column in self.columns:
            if column.name == name:
                return column
        return Column(name=name, zh=name, en=name)


_DAYS = (
    Column(name="valid_from", zh="自哪天起", en="From", kind="day"),
    Column(name="valid_to", zh="至哪天前", en="Until before", kind="day"),
)
_BASIS = Column(
    name="basis",
    zh="依据",
    en="Legal basis",
    kind="long",
    hint_zh="法规名称和条款，如“食品安全法 第35条”。",
    hint_en="The law and its article.",
)
_VERIFIED = Column(
    name="verified",
    zh="依据是否已核对原文",
    en="Basis compared with the law's text",
    kind="choice",
    required=True,
    choices=(("yes", "已核对", "Yes"), ("no", "未核对", "Not yet")),
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            name=RULES,
            zh="判定规则",
            en="Rules",
            key="rule",
            columns=(
                Column(
                    name="rule",
                    zh="规则编号",
                    en="Rule number",
                    required=True,
                    hint_zh="许可代码加序号，如 P001-9；定下后不再改。",
                    hint_en="The permit's code and a number, such as P001-9; it stays.",
                ),
                Column(name="meaning", zh="说的是什么", en="What it is about", required=True),
                Column(name="permits", zh="对应的许可或备案", en="Permits", kind="permits", required=True),
                Column(
                    name="objects",
                    zh="认哪些词",
                    en="Words it knows",
                    kind="words",
                    required=True,
                    hint_zh="经营的对象，一个词一段，用“|”隔开。",
                    hint_en="What the business deals in, one word each, set apart by “|”.",
                ),
                Column(
                    name="deeds",
                    zh="限于哪些行为",
                    en="Only for these deeds",
                    kind="deeds",
                    hint_zh="不填：任何经营行为都算。",
                    hint_en="None: any deed counts.",
                ),
                Column(name="without", zh="哪些行为不算", en="Not for these deeds", kind="deeds"),
                Column(
                    name="needs",
                    zh="同一项须有哪些词之一",
                    en="One of these in the same item",
                    kind="words",
                ),
                Column(name="unless", zh="同一项有哪些词就不算", en="None of these in it", kind="words"),
                Column(
                    name="removed_by",
                    zh="被哪些排除语取消",
                    en="Taken away by excluding",
                    kind="words",
                    hint_zh="范围写“不含……”这些词时，本条不再适用。",
                    hint_en="Where a scope excludes these words, the rule does not apply.",
                ),
                Column(
                    name="yields_to",
                    zh="让位于哪些许可",
                    en="Gives way to",
                    kind="permits",
                    hint_zh="同一范围已有这些许可时，不再另列。",
                    hint_en="Where the scope calls for one of these, this one is left out.",
                ),
                Column(
                    name="certainty",
                    zh="把握",
                    en="Certainty",
                    kind="choice",
                    required=True,
                    choices=(
                        ("sure", "直接推送", "Pushed at once"),
                        ("review", "由人确认", "A person confirms"),
                    ),
                ),
                Column(
                    name="tail",
                    zh="后面跟别的词",
                    en="Followed by other words",
                    kind="choice",
                    choices=(
                        ("", "就成了别的东西", "It is something else"),
                        ("any", "仍是它", "It still is it"),
                    ),
                ),
                _BASIS,
                _VERIFIED,
                *_DAYS,
            ),
        ),
        Table(
            name="synonyms",
            zh="旧称和异写",
            en="Old and other wording",
            key="old",
            columns=(
                Column(name="old", zh="旧称或异写", en="Old or other wording", required=True),
                Column(
                    name="today",
                    zh="今天的说法",
                    en="Today's wording",
                    required=True,
                    hint_zh="须是某条规则认得的词。",
                    hint_en="A word that a rule knows.",
                ),
                _BASIS,
                Column(name="note", zh="说明", en="Note"),
                *_DAYS,
            ),
        ),
        Table(
            name="not_the_thing",
            zh="形似而不是",
            en="Looks like it and is not",
            key="phrase",
            columns=(
                Column(
                    name="phrase",
                    zh="词",
                    en="Phrases",
                    kind="words",
                    required=True,
                    hint_zh="这些词里面的规则词不算数，如“餐饮管理”里的“餐饮”。",
                    hint_en="A rule's word inside one of these does not count.",
                ),
                Column(name="what_it_is", zh="它其实是什么", en="What it is", required=True),
            ),
        ),
        Table(
            name="deeds",
            zh="行为用语",
            en="Words of doing",
            key="word",
            columns=(
                Column(name="word", zh="动词", en="Verb", required=True),
                Column(
                    name="deeds",
                    zh="是哪些行为",
                    en="Deeds",
                    kind="deeds",
                    hint_zh="不填：只引出行为，本身不是行为。",
                    hint_en="None: it only leads to a deed.",
                ),
                Column(name="note", zh="说明", en="Note"),
            ),
        ),
        Table(
            name="tails",
            zh="词尾",
            en="Endings",
            key="tail",
            columns=(
                Column(name="tail", zh="词尾", en="Ending", required=True),
                Column(
                    name="kind",
                    zh="接在后面时",
                    en="After a word",
                    kind="choice",
                    required=True,
                    choices=(
                        ("same", "还是它", "It still is it"),
                        ("other", "成了别的东西", "It is something else"),
                    ),
                ),
                Column(name="note", zh="说明", en="Note"),
            ),
        ),
        Table(
            name=EXAMPLES,
            zh="存档示例",
            en="Stored examples",
            key="经营范围",
            columns=(
                Column(name="经营范围", zh="经营范围", en="Scope", kind="long", required=True),
                Column(name="应推送", zh="应推送", en="To be pushed", kind="permits"),
                Column(name="待人判断", zh="待人判断", en="A person decides", kind="permits"),
                Column(
                    name="理由与依据",
                    zh="理由、依据和来源",
                    en="Reasons, basis and source",
                    kind="long",
                    required=True,
                ),
            ),
        ),
    )
}
"""Every table that a city edits. The permits themselves are reference data of the city's pack."""

DEEDS: Mapping[str, tuple[str, str]] = {
    "unstated": ("未写行为", "no deed stated"),
    "trade": ("销售", "sell"),
    "retail": ("零售", "retail"),
    "wholesale": ("批发", "wholesale"),
    "serve": ("经营、服务", "run or serve"),
    "make": ("生产、加工", "make"),
    "make-raw": ("初级加工", "process raw produce"),
    "make-serve": ("现场制售", "make and serve on the spot"),
    "repair": ("修理", "repair"),
    "agent": ("代理", "act for others"),
    "contract": ("承包、承揽", "contract"),
    "build": ("建造、施工", "build"),
    "install": ("安装", "install"),
    "tune": ("调试", "tune"),
    "rent": ("出租", "rent out"),
    "carry": ("运输、配送", "carry"),
    "store": ("仓储", "store"),
    "recycle": ("回收、处置", "recycle"),
    "buy": ("采购", "buy"),
    "breed": ("养殖", "breed"),
    "plant": ("种植", "plant"),
    "print": ("印刷", "print"),
    "test": ("检验检测", "test"),
    "port": ("进出口", "import and export"),
    "about": ("管理、咨询等", "manage, advise and the like"),
    "develop": ("开发", "develop"),
}
"""What the classes of deeds are called."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One row of a version that differs from the shipped tables: `row` None retires it, `was` None: it is new."""

    table: str
    key: str
    row: Row | None
    was: Row | None


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, str]:
    """The texts of all tables that come with the software, the examples among them."""
    return {**default_tables().texts, EXAMPLES: shipped_examples()}


def shipped_version() -> str:
    """The digest of the tables that come with the software."""
    return default_tables().version


def rows_of(text: str) -> list[Row]:
    """The rows of a table's text; empty cells are empty strings."""
    return [
        {name: cell or "" for name, cell in row.items() if name is not None}
        for row in csv.DictReader(io.StringIO(text))
    ]


def heading_of(text: str) -> list[str]:
    """The names of a table's columns in their order."""
    return next(csv.reader(io.StringIO(text)))


def text_of(heading: list[str], rows: Iterable[Row]) -> str:
    """A table's text from its rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, heading, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def applied(texts: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """The texts with edited rows laid over them: changed rows stay at their place, new ones come last."""
    made = dict(texts)
    for name in sorted({edit.table for edit in edits}):
        key = TABLES[name].key
        over = {edit.key: edit.row for edit in edits if edit.table == name}
        rows: list[Row] = []
        for row in rows_of(texts[name]):
            if row[key] not in over:
                rows.append(row)
            elif (changed := over.pop(row[key])) is not None:
                rows.append(changed)
        rows += [row for row in over.values() if row is not None]
        made[name] = text_of(heading_of(texts[name]), rows)
    return made


def rule_tables(texts: Mapping[str, str], name: str = "") -> RuleTables:
    """The tables ready to compile; `name` (such as “city-3”) goes before the digest in what answers call them."""
    tables = RuleTables.of(dict(texts))
    return RuleTables(tables.texts, f"{name}-{tables.version}") if name else tables


def row_in(texts: Mapping[str, str], table: str, key: str) -> Row | None:
    """One row of a table by its key."""
    column = TABLES[table].key
    return next((row for row in rows_of(texts[table]) if row[column] == key), None)


def cells(cell: str) -> list[str]:
    """The words of a cell that holds several."""
    return [word.strip() for word in cell.split("|") if word.strip()]
