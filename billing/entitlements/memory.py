"""Remembers compiled values in this process, under keys that change when the truth changes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Keeps the ``size`` values used last. Safe to use from several threads.

    There is no time-out: a key carries the epoch of what it was made from, so nobody asks for an old value.
    """

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable, *, make: Callable[[], Value], fresh: Callable[[Value], bool]) -> Value:
        """The value under ``key``, made where it is missing or no longer ``fresh``."""
        with self._lock:
            value = self._values.get(key)
            if value is not None and fresh(value):
                self._values.move_to_end(key)
                return value
        return self._keep(key, make())

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()

    def _keep(self, key: Hashable, value: Value) -> Value:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value
