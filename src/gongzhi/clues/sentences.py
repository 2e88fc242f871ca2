"""What the machine itself writes into a clue's journal and copies, as it is stored: Chinese, and said in the reader's
language by whoever shows it.

A sentence with a number in it says so as `%(name)s`, and the line carries the number under that name as well.
"""

from __future__ import annotations

PLACE_KNOWN = "地点已确定"
NOT_CORRECTED_IN_TIME = "期满未整改，自动转部门处置"
NOT_SETTLED_IN_TIME = "协调期限届满，自动提请市级指定"
NOT_GRANTED_IN_TIME = "批准期限届满，未予批准"
BY_DUTY_RULES = "按职责规则"
TOLD_BY_DUTY_RULES = "按职责规则抄告"
GUIDED = "已向经营者说明并交付办照办证告知书"
ROUNDS_SPENT = "已达 %(rounds)s 轮异议，提请市级指定"

EVERY = (
    PLACE_KNOWN,
    NOT_CORRECTED_IN_TIME,
    NOT_SETTLED_IN_TIME,
    NOT_GRANTED_IN_TIME,
    BY_DUTY_RULES,
    TOLD_BY_DUTY_RULES,
    GUIDED,
    ROUNDS_SPENT,
)
"""All of them; a test finds any other sentence that a process writes by itself."""
