"""What a migrated database consists of: every migration with a hash of its source."""

import hashlib
import inspect
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

Fingerprint = dict[str, str]
"""Migration ("app.name") → hash of the file that defines it."""


def full_fingerprint() -> Fingerprint:
    """The migrations of every installed app, as the source tree has them now."""
    loader = MigrationLoader(None)
    return _hashed(loader, set(loader.graph.nodes))


def packages_fingerprint() -> Fingerprint:
    """The migrations of installed packages, and those of the project that they stand on."""
    loader = MigrationLoader(None)
    labels = set(package_labels())
    leaves = [node for node in loader.graph.leaf_nodes() if node[0] in labels]
    return _hashed(loader, {node for leaf in leaves for node in loader.graph.forwards_plan(leaf)})


def package_labels() -> list[str]:
    """The labels of installed packages that have migrations."""
    migrated = MigrationLoader(None).migrated_apps
    return sorted(label for label in migrated if not is_project_app(label))


def is_project_app(label: str) -> bool:
    """Whether the app is part of this repository rather than an installed package."""
    path = Path(apps.get_app_config(label).path)
    return path.is_relative_to(settings.ROOT) and "site-packages" not in path.parts


def digest(fingerprint: Fingerprint) -> str:
    """A short name for the whole fingerprint, usable in file and database names."""
    text = "\n".join(f"{name} {source}" for name, source in sorted(fingerprint.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _hashed(loader: MigrationLoader, nodes: set[tuple[str, str]]) -> Fingerprint:
    return {f"{app}.{name}": _source_hash(loader.disk_migrations[app, name]) for app, name in sorted(nodes)}


def _source_hash(migration: Migration) -> str:
    """Of the module, and of the SQL in the folder of its name where it has one."""
    module = Path(inspect.getsourcefile(type(migration)) or "")
    sources = [module, *sorted(module.with_suffix("").glob("*.sql"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
