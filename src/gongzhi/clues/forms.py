"""What the acts of a clue ask of whoever makes them."""

from __future__ import annotations

from gongzhi.flow.graph import Field, Form

LONG = 1000
"""Characters that an explanation may have."""


def _words(
    zh: str = "说明",
    en: str = "In your words",
    *,
    required: bool = False,
    hint_zh: str = "",
    hint_en: str = "",
) -> Field:
    return Field(
        name="words",
        zh=zh,
        en=en,
        kind="textarea",
        required=required,
        max_length=LONG,
        hint_zh=hint_zh,
        hint_en=hint_en,
    )


WORDS = _words()
REASONED = _words("理由", "Reasons", required=True)
NOTE = Form(fields=(_words("记事", "Note", required=True),))
IN_WORDS = Form(fields=(WORDS,))
WITH_REASONS = Form(fields=(REASONED,))
TO_DEPARTMENT = Form(
    fields=(
        Field(name="department", zh="由哪个部门处置", en="Which department", kind="department"),
        Field(name="reason", zh="确定依据", en="Why this one", kind="choice", reasons="clue_town"),
        WORDS,
    )
)
TO_ANOTHER = Form(
    fields=(Field(name="department", zh="哪个部门", en="Which department", kind="department"), REASONED)
)
TO_VILLAGE = Form(fields=(Field(name="area", zh="村（社区）", en="Village", kind="village"), WORDS))
TO_TOWN = Form(fields=(Field(name="area", zh="镇街", en="Town", kind="division"), WORDS))
TO_GRID = Form(fields=(Field(name="area", zh="网格", en="Grid", kind="grid"), WORDS))
CORRECTED = Form(
    fields=(
        Field(
            name="result",
            zh="整改结果",
            en="How it was put right",
            kind="choice",
            reasons="clue_urge",
            only=("licensed", "stopped", "moved"),
        ),
        _words("佐证", "Proof", required=True),
    )
)
NOT_CORRECTED = Form(
    fields=(
        Field(
            name="reason",
            zh="未整改情形",
            en="Why it is passed on",
            kind="choice",
            reasons="clue_urge",
            only=("applying", "refused", "absent", "beyond_us"),
        ),
        WORDS,
    )
)
DISMISS = Form(
    fields=(
        Field(
            name="result",
            zh="结案理由",
            en="Why it is closed",
            kind="choice",
            reasons="clue_close",
            only=("exempt", "in_order", "filing_told", "not_found", "mistaken"),
        ),
        REASONED,
    )
)
MERGE = Form(
    fields=(
        Field(
            name="into",
            zh="并入哪条线索",
            en="Merge into which clue",
            kind="text",
            max_length=20,
            hint_zh="填线索编号，如 XS2026-00001234。",
            hint_en="The clue's number, such as XS2026-00001234.",
        ),
        WORDS,
    )
)
ALARM = Form(fields=(_words("重大隐患情形", "What makes it serious", required=True),))
MEASURE = Form(
    fields=(
        Field(
            name="result",
            zh="采取的措施",
            en="What was done",
            kind="choice",
            reasons="clue_result",
            only=(
                "guided_licence",
                "guided_permit",
                "guided_filing",
                "ordered",
                "landlord_told",
                "case_filed",
            ),
        ),
        WORDS,
    )
)
FEED_BACK = Form(
    fields=(
        Field(name="result", zh="处置结果", en="Outcome", kind="choice", reasons="clue_result"),
        Field(
            name="number",
            zh="证照或文书编号",
            en="Number of the licence, permit or document",
            required=False,
            max_length=80,
        ),
        WORDS,
    )
)
OBJECT = Form(
    fields=(
        Field(name="reason", zh="异议理由", en="Why it objects", kind="choice", reasons="clue_objection"),
        Field(
            name="proposed",
            zh="认为应由哪个部门处置",
            en="Whose it should be",
            kind="department",
            required=False,
        ),
        _words(
            "依据和证据",
            "Grounds and evidence",
            required=True,
            hint_zh="镇街综合部门据此协调；异议会留存。",
            hint_en="The town’s office coordinates by it; an objection is kept.",
        ),
    )
)
EXTENSION = Form(
    fields=(
        Field(
            name="reason",
            zh="延期理由",
            en="Why more time is needed",
            kind="choice",
            reasons="clue_extension",
        ),
        WORDS,
    )
)
ASSISTANCE = Form(
    fields=(
        Field(name="department", zh="请哪个部门协助", en="Who is asked", kind="department"),
        _words("请协助的事项", "What is asked", required=True),
    )
)
COPY = Form(
    fields=(
        Field(name="department", zh="抄告哪个部门", en="Who is told", kind="department"),
        _words("抄告内容", "What it is told", required=True),
    )
)
CONFIRM = Form(
    fields=(
        Field(
            name="reason",
            zh="核查情况",
            en="What the check found",
            kind="choice",
            reasons="clue_check",
            only=("confirmed",),
        ),
        WORDS,
    )
)
REDO = Form(
    fields=(
        Field(
            name="reason",
            zh="退回重办理由",
            en="Why it goes back",
            kind="choice",
            reasons="clue_return",
            only=("proof_lacking", "still_trading", "result_does_not_fit"),
        ),
        REASONED,
    )
)
PLAN = Form(
    fields=(
        Field(name="plan", zh="整治方案", en="Plan", kind="textarea", max_length=LONG),
        Field(name="members", zh="参加部门", en="Departments that take part", max_length=300),
        Field(name="planned_on", zh="行动日期", en="Day of the operation", kind="date"),
    )
)
JOINT_RESULT = Form(
    fields=(
        Field(name="result", zh="整治结果", en="Outcome", kind="choice", reasons="clue_result"),
        _words("整治情况", "What was done", required=True),
    )
)
REVISIT_CLEAR = Form(
    fields=(
        Field(
            name="result",
            zh="回访情况",
            en="What was found",
            kind="choice",
            reasons="clue_revisit",
            only=("still_closed", "licensed", "other_operator", "not_seen"),
        ),
        WORDS,
    )
)
ANSWER = Form(fields=(_words("协助结果", "What the assistance found", required=True),))
