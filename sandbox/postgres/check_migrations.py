"""Fail when models have changes no migration holds, or the snapshots are behind (part of ``make lint``)."""

import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState

from sandbox.postgres.fingerprint import is_project_app
from sandbox.postgres.schema import stale_snapshots

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Print what is wrong and return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.path.insert(0, str(ROOT / "site"))
    django.setup()
    changed = apps_without_their_migration()
    if changed:
        print(
            f"The models of {', '.join(changed)} changed without a migration. Run `manage.py makemigrations`."
        )
    stale = stale_snapshots()
    if stale:
        print(
            f"The schema snapshots ({', '.join(stale)}) are behind the migrations, so every start would run "
            "what is missing. Run `make snapshot` and commit the result."
        )
    return 1 if changed or stale else 0


def apps_without_their_migration() -> list[str]:
    """The labels of project apps whose models differ from what their migrations describe."""
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(
        loader.project_state(), ProjectState.from_apps(apps), NonInteractiveMigrationQuestioner()
    )
    changes = detector.changes(graph=loader.graph)
    return sorted(label for label in changes if is_project_app(label))


if __name__ == "__main__":
    sys.exit(main())
