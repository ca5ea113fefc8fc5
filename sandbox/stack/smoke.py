"""``make smoke``: start the site with nothing there, walk a customer's path, start it again.

``BARE=1`` begins one step earlier, with a fresh clone of the last commit, so that the first figure includes
the virtual environment and its packages.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from sandbox.mailbox.client import Mailbox, NoMailError
from sandbox.postgres.server import Server
from sandbox.stack.checks import free_addresses
from sandbox.stack.environment import ROOT, Addresses
from sandbox.stack.errors import StackError
from sandbox.stack.journey import walk
from sandbox.stack.observed import ObservedRun
from sandbox.stack.visitor import VisitError, Visitor

FIRST_START_SECONDS = 120
SECOND_START_SECONDS = 20
LOG = ROOT / "build" / "smoke.log"


def main() -> int:
    """Run both starts and return the exit code."""
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("")
    with tempfile.TemporaryDirectory(prefix="quickscale-smoke-") as name:
        folder = Path(name)
        try:
            _smoke(_checkout(folder), folder / "local", free_addresses())
        except (VisitError, NoMailError, StackError) as failure:
            print(f"\n{failure}\nThe whole log is in {LOG}.", file=sys.stderr)
            return 1
    print("The log holds no warning and no error. Nothing is left running.")
    return 0


def _smoke(checkout: Path, local: Path, addresses: Addresses) -> None:
    with ObservedRun(checkout, local, addresses, LOG) as run:
        first = run.seconds_to_first_pages(FIRST_START_SECONDS)
        print(f"First start: {first:.1f} s until the first pages answered.", flush=True)
        walk(Visitor(addresses.site), Mailbox(addresses.mailbox, addresses.port + 3), _say)
    with ObservedRun(checkout, local, addresses, LOG) as run:
        second = run.seconds_to_first_pages(SECOND_START_SECONDS)
        print(f"Second start: {second:.1f} s, with everything kept.", flush=True)
    if Server(local / "postgres").running():
        raise StackError("PostgreSQL still runs after everything was stopped.")


def _checkout(folder: Path) -> Path:
    if not os.environ.get("BARE"):
        return ROOT
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True)
    return folder / "clone"


def _say(words: str) -> None:
    print(f"  {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
