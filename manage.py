#!/usr/bin/env python
"""Run Django's commands for QuickScale."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Put the configuration on the path and hand over to Django."""
    # ``site/`` is a folder on the path, never a package: Python's own ``site`` module has that name.
    sys.path.insert(0, str(ROOT / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            "Django is not installed here: run `make run` once, or use .venv/bin/python."
        ) from error
    from billing.actors import acting

    with acting(origin="command", place=" ".join(["manage.py", *sys.argv[1:2]])):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
