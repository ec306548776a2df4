"""The four ways a command can refuse, each with a stable code and the facts behind it."""

from collections.abc import Mapping
from typing import ClassVar

Fact = str | int | float | bool | list[str] | list[int] | None


class Problem(Exception):  # noqa: N818 - it is the reader's problem, not a programming error
    """A refusal with a reason.

    Args:
        code: kebab-case token that clients program against; its texts stand in the service's catalogue.
        pointer: JSON Pointer fragment (``#/severity``) of the offending field, where there is one.
        facts: values that the texts mention or that clients need to act on.
    """

    kind: ClassVar[str] = "problem"

    def __init__(self, code: str, *, pointer: str | None = None, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.pointer = pointer
        self.facts: Mapping[str, Fact] = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({told})"


class NotFound(Problem):
    """Nothing by that name, or nothing the caller may see."""

    kind = "not_found"


class Conflict(Problem):
    """The request is sound but does not fit the present state."""

    kind = "conflict"


class Forbidden(Problem):
    """The caller is known and may not do this."""

    kind = "forbidden"


class Invalid(Problem):
    """The request breaks a rule that no state could satisfy."""

    kind = "invalid"
