"""Keeping what was costly to make, as much of it as memory allows."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Kept(OrderedDict[Any, Any]):
    """What was made, by key; beyond ``most`` what was not asked for the longest is let go."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def of(self, key: object, make: Callable[[], T]) -> T:
        """What is kept under ``key``, made where it is missing."""
        if key not in self:
            self[key] = make()
            if len(self) > self._most:
                self.popitem(last=False)
        self.move_to_end(key)
        found: T = self[key]
        return found
