"""What the acts of a notice ask of whoever makes them."""

from __future__ import annotations

from gongzhi.flow.graph import Field, Form

WORDS = Field(name="words", zh="说明", en="In your words", kind="textarea", required=False, max_length=1000)
REASONED = Field(name="words", zh="理由", en="Reasons", kind="textarea", max_length=1000)
TO_DEPARTMENT = Form(
    fields=(Field(name="department", zh="转给哪个部门", en="Which department", kind="department"), WORDS)
)
RETURN = Form(
    fields=(
        Field(
            name="reason",
            zh="退回原因",
            en="Why it is returned",
            kind="choice",
            reasons="notice_return",
        ),
        Field(
            name="words",
            zh="依据和说明",
            en="Grounds, in your words",
            kind="textarea",
            max_length=1000,
            hint_zh="请写明依据，综合部门据此协调。",
            hint_en="State the grounds: the coordinating office decides on them.",
        ),
    )
)
FEED_BACK = Form(
    fields=(
        Field(
            name="result",
            zh="办理结果",
            en="Outcome",
            kind="choice",
            reasons="notice_feedback",
            only=("licensed", "not_needed", "closed_or_moved", "case_filed", "transferred"),
        ),
        Field(
            name="permit_number",
            zh="许可证编号",
            en="Permit number",
            required=False,
            max_length=80,
            hint_zh="已办证的请填写。",
            hint_en="If a permit was issued.",
        ),
        Field(
            name="permit_until",
            zh="许可证有效期至",
            en="Permit's last day",
            kind="date",
            required=False,
            hint_zh="到期后系统会再次提醒；长期有效的不填。",
            hint_en="When it runs out you will be told again; leave empty if it has no end.",
        ),
        WORDS,
    )
)
PROGRESS = Form(
    fields=(
        Field(
            name="progress",
            zh="目前进展",
            en="Where it stands",
            kind="choice",
            reasons="notice_feedback",
            only=("accepted", "in_progress", "guiding"),
        ),
        WORDS,
    )
)
