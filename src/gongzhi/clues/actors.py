"""Who acts on a clue, and what a row of the acts' tables says."""

from __future__ import annotations

from gongzhi.flow.graph import EMPTY_FORM, Clock, Form
from gongzhi.org.roles import Role

SAME = "="
"""The target of an act that leaves a case where it is."""

Who = frozenset[Role]
SYSTEM: Who = frozenset({Role.SYSTEM})
CITY: Who = frozenset({Role.CITY_OFFICE})
TOWN: Who = frozenset({Role.TOWN_OFFICE})
OFFICES: Who = TOWN | CITY
VILLAGE: Who = frozenset({Role.VILLAGE})
ON_THE_SPOT: Who = frozenset({Role.VILLAGE, Role.OFFICER})
LOCAL: Who = frozenset({Role.VILLAGE, Role.TOWN_OFFICE})
DEPARTMENT: Who = frozenset({Role.DEPARTMENT})
COMMAND: Who = frozenset({Role.COMMAND})
FINDERS: Who = ON_THE_SPOT | OFFICES | DEPARTMENT | COMMAND | SYSTEM | {Role.MARKET_MANAGER}
RAISERS: Who = ON_THE_SPOT | OFFICES | DEPARTMENT | COMMAND | SYSTEM
HANDLERS: Who = LOCAL | DEPARTMENT | CITY | COMMAND

START, KEEP, PAUSE, RESUME, STOP = Clock.START, Clock.KEEP, Clock.PAUSE, Clock.RESUME, Clock.STOP
PLAIN = EMPTY_FORM

Row = tuple[str, tuple[str, ...], str, str, str, Who, Clock, Form]
"""Action, sources, target, what it is called in both languages, who, clock, form."""
