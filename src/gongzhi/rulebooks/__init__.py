"""Permit rules as dated versions that a city edits, tests, approves and puts in force (判定规则)."""
