"""Fill the database of a local run: schema, demo content, the catalog in Stripe's sandbox.

Runs as a process of its own, ``python -m sandbox.stack.prepare``, with the run's environment; each line it
prints that begins with ``STEP`` announces what it does next.
"""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

from sandbox.postgres.errors import PostgresError
from sandbox.postgres.schema import prepare_schema
from sandbox.stack.environment import DEMO_MARK, ROOT, local_folder


def main() -> None:
    """Do what is missing, in order; every part may run again without harm."""
    sys.path.insert(0, str(ROOT / "site"))
    _announce("Bringing the database's schema up to date")
    django.setup()
    folder = local_folder()
    try:
        prepare_schema(os.environ["DATABASE_URL"], cache=folder / "snapshots", say=_say)
    except PostgresError as error:
        raise SystemExit(str(error)) from error
    _load_demo(folder / DEMO_MARK)
    call_command("site_address")
    _announce("Publishing the plans to the Stripe sandbox")
    call_command("billing_sync")
    call_command("billing_webhook_endpoint")


def _load_demo(mark: Path) -> None:
    """Load the demo content once: what an editor deletes later stays deleted."""
    if mark.exists():
        return
    _announce("Creating the demo content")
    call_command("demo")
    mark.touch()


def _announce(step: str) -> None:
    print(f"STEP {step}", flush=True)


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    main()
