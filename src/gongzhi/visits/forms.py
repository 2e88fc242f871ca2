"""What the acts on a visit ask: words, a grid or a village, what is wrong with an address."""

from __future__ import annotations

from gongzhi.flow.graph import Field, Form

WORDS = Field(name="words", zh="说明", en="In your words", kind="textarea", required=False, max_length=500)
TO_GRID = Form(fields=(Field(name="area", zh="网格", en="Grid", kind="grid"), WORDS))
TO_VILLAGE = Form(fields=(Field(name="area", zh="村（社区）", en="Village", kind="village"), WORDS))
WHAT_IS_WRONG = Form(
    fields=(
        Field(name="reason", zh="哪里不对", en="What is wrong", kind="choice", reasons="wrong_address"),
        WORDS,
    )
)
