"""Which features the code asks for, and whether they exist: a wrong key fails at start-up, not at a customer.

A project declares the keys its code may ask for in ``BILLING_FEATURES``. Decorators and mixins note theirs
when they are imported; settings, templates and calls of ``billing.api`` are read by the checks below.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.template import engines
from django.urls import get_resolver

from billing.catalog.queries import feature_keys
from billing.entitlements.calls import named_features

IN_TEMPLATES = re.compile(r"""\{%\s*feature\s+["']([^"']*)["']""")

_noted: list[tuple[str, str]] = []


def note_feature(key: str, *, place: str) -> None:
    """Remember that the code at ``place`` asks for ``key``."""
    _noted.append((key, place))


@register("billing")
def every_key_is_declared(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Code, settings and templates ask for features of ``BILLING_FEATURES`` only."""
    _import_views()
    asked = [*_noted, *named_features(), *_in_settings(), *_in_templates()]
    return [_undeclared(key, place) for key, place in asked if key not in settings.BILLING_FEATURES]


@register("billing")
def every_pattern_compiles(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A pattern of ``BILLING_PROTECTED_PATHS`` that means nothing would protect nothing."""
    return [
        Error(
            f"BILLING_PROTECTED_PATHS holds {pattern!r}, which is no regular expression: {error}.",
            hint="Write a pair of a regular expression and a feature's key.",
            id="billing.E002",
        )
        for pattern, error in _broken_patterns()
    ]


@register(Tags.database)
def every_declared_key_is_in_the_catalog(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """What the code asks for can be given.

    A catalog without any feature is in order, and so is one that migrations are about to change: a release
    that declares a new key can bring the feature along.
    """
    known = feature_keys() if databases and _is_migrated() else frozenset()
    missing = [key for key in settings.BILLING_FEATURES if key not in known] if known else []
    return [
        Error(
            f"The code asks for the feature {key!r}, and the catalog has none with this key.",
            hint="Create it in the admin under Billing, or take it out of BILLING_FEATURES.",
            id="billing.E003",
        )
        for key in missing
    ]


def _undeclared(key: str, place: str) -> CheckMessage:
    near = difflib.get_close_matches(key, settings.BILLING_FEATURES, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return Error(
        f"{place} asks for the feature {key!r}, which BILLING_FEATURES does not declare.{meant}",
        hint="Correct the key, or declare it in BILLING_FEATURES and create it in the catalog.",
        id="billing.E001",
    )


def _in_settings() -> Iterator[tuple[str, str]]:
    for pattern, key in settings.BILLING_PROTECTED_PATHS:
        yield key, f"BILLING_PROTECTED_PATHS, {pattern!r},"


def _in_templates() -> Iterator[tuple[str, str]]:
    """The literal keys of ``{% feature %}`` in the project's own template folders."""
    for folder in {Path(folder) for engine in engines.all() for folder in engine.dirs}:
        for template in sorted(folder.rglob("*.html")):
            for key in IN_TEMPLATES.findall(template.read_text(encoding="utf-8")):
                yield key, f"The template {template.relative_to(folder)}"


def _broken_patterns() -> Iterator[tuple[str, re.error]]:
    for pattern, _ in settings.BILLING_PROTECTED_PATHS:
        try:
            re.compile(pattern)
        except re.error as error:
            yield pattern, error


def _import_views() -> None:
    """Views are imported with the addresses, and note their keys then."""
    _ = get_resolver().url_patterns


def _is_migrated() -> bool:
    plan = MigrationExecutor(connection)
    return not plan.migration_plan(plan.loader.graph.leaf_nodes())
