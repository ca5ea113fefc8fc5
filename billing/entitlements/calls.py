"""Reads the project's own code for calls of ``billing.api`` that name a feature in so many words."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import apps

# Where each function of ``billing.api`` takes the feature's key.
KEY_AT = {"check": 1, "use": 1, "ensure_feature": 1, "cost_of": 0}
DOOR = "billing.api"
PROJECT = Path(__file__).resolve().parents[2]


def named_features() -> Iterator[tuple[str, str]]:
    """(key, place) of each call in the project's apps whose key is a literal or a constant of its module."""
    for path in _own_files():
        text = path.read_text(encoding="utf-8")
        if "billing" in text:
            for key, line in features_in(text):
                yield key, f"{path.relative_to(PROJECT)}, line {line},"


def features_in(text: str) -> Iterator[tuple[str, int]]:
    """(key, line) of each such call in a module's source."""
    tree = ast.parse(text)
    names, constants = _imported(tree), _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (function := _called(node.func, names)) in KEY_AT:
            key = _key(node, KEY_AT[function], constants)
            if key is not None:
                yield key, node.lineno


def _own_files() -> Iterator[Path]:
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if folder.parent == PROJECT:
            yield from sorted(folder.rglob("*.py"))


def _imported(tree: ast.AST) -> Mapping[str, str]:
    """What each name of the module means, as far as it comes from the door."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                found[name.asname or name.name] = f"{node.module}.{name.name}"
    return {name: meaning for name, meaning in found.items() if meaning.startswith(DOOR)}


def _called(function: ast.expr, names: Mapping[str, str]) -> str:
    """“check” for ``billing.check``, after ``from billing import api as billing``, and for ``check``."""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if names.get(function.value.id) == DOOR else ""
    if isinstance(function, ast.Name):
        return names.get(function.id, "").removeprefix(f"{DOOR}.")
    return ""


def _constants(tree: ast.Module) -> Mapping[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _key(call: ast.Call, at: int, constants: Mapping[str, str]) -> str | None:
    given = [word.value for word in call.keywords if word.arg == "feature"] or call.args[at : at + 1]
    match given:
        case [ast.Constant(value=str(key))]:
            return key
        case [ast.Name(id=name)]:
            return constants.get(name)
    return None
