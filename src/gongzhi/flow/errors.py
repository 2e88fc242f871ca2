"""Why an act was not made. Each is something a person can do something about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class FlowError(Exception):
    """An act was refused; nothing was written."""


class NoSuchCaseError(FlowError):
    """There is no such case, or it is not this post's to see."""


class NotAllowedError(FlowError):
    """The post's role may not make this act."""


class NotPossibleError(FlowError):
    """The act is not an edge of the graph from the state the case is in, or a guard refuses it."""

    def __init__(self, action: str, state: str, reason: str = "") -> None:
        super().__init__(reason or f"{action} is not possible in {state}")
        self.action = action
        self.state = state
        self.reason = reason


class MovedMeanwhileError(FlowError):
    """Somebody else moved the case after this person read it."""

    def __init__(self, *, by: str, action: str, at: datetime, state: str) -> None:
        super().__init__(f"{by} made {action} at {at:%Y-%m-%d %H:%M}; the case is now in {state}")
        self.by, self.action, self.at, self.state = by, action, at, state


class FormInvalidError(FlowError):
    """The form can't be accepted as it is; `errors` maps field names to message ids."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {error}" for name, error in errors.items()))
        self.errors = dict(errors)
