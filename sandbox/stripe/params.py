"""Hands parameters to a handler and remembers which ones it used, so that nothing is ignored in silence."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.errors import missing_param, unsupported


class Params:
    """Typed parameters of one request (or one hash inside it), read by name."""

    def __init__(self, values: dict[str, Any] | None = None, path: str = "") -> None:
        self._values = dict(values or {})
        self._path = path
        self._used: set[str] = set()
        self._children: list[Params] = []

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def path(self, name: str) -> str:
        """The parameter's full name, as errors give it."""
        return f"{self._path}[{name}]" if self._path else name

    def take(self, name: str, default: Any = None) -> Any:
        """The value with everything in it, or the default."""
        self._used.add(name)
        return self._values.get(name, default)

    def need(self, name: str) -> Any:
        """The value of a parameter that Stripe requires."""
        value = self.take(name)
        if value is None or value == "":
            raise missing_param(self.path(name))
        return value

    def section(self, name: str) -> Params:
        """The hash under `name` (empty when absent or emptied), read with the same care."""
        value = self.take(name)
        return self._child(value if isinstance(value, dict) else {}, self.path(name))

    def each(self, name: str) -> list[Params]:
        """The list of hashes under `name`."""
        entries = self.take(name) or []
        return [self._child(entry, f"{self.path(name)}[{index}]") for index, entry in enumerate(entries)]

    def given(self, *names: str) -> dict[str, Any]:
        """Those of the named parameters that were sent."""
        return {name: self.take(name) for name in names if name in self._values}

    def ignore(self, *names: str) -> None:
        """Parameters that change nothing the sandbox models, knowingly accepted."""
        self._used.update(names)

    def unused(self) -> list[str]:
        """Full names of what no handler looked at."""
        own = [self.path(name) for name in self._values if name not in self._used]
        return own + [name for child in self._children for name in child.unused()]

    def refuse_unused(self, what: str) -> None:
        """Refuse loudly what the sandbox would otherwise drop."""
        left = self.unused()
        if left:
            raise unsupported(left[0], what)

    def _child(self, values: dict[str, Any], path: str) -> Params:
        child = Params(values, path)
        self._children.append(child)
        return child
