"""A process that transfers with django-hordak on the same database; its app never joins those of the site.

``python -m benchmarks.hordak_peer`` makes hordak's tables, then times as many transfers as a line asks for.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from moneyed import Money

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def hordak_process(database_url: str) -> Iterator[Callable[[int], float]]:
    """A function that gives the microseconds of one transfer, as the mean of so many."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.hordak_peer"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "benchmarks.hordak_settings",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def transfer(times: int) -> float:
        print(times, file=process.stdin, flush=True)
        return float(next(iter(process.stdout or [])))

    try:
        yield transfer
    finally:
        process.communicate(timeout=60)


def main() -> None:
    """Make the tables, two accounts, and answer."""
    django.setup()
    call_command("migrate", "hordak", verbosity=0, interactive=False)
    account = apps.get_model("hordak", "Account")
    sources = account.objects.create(name="Credits", code="1", type="IN", currencies=["EUR"])
    sinks = account.objects.create(name="Used", code="2", type="AS", currencies=["EUR"])
    for line in sys.stdin:
        times = int(line)
        started = time.perf_counter()
        for _ in range(times):
            sources.transfer_to(sinks, Money(1, "EUR"))
        print((time.perf_counter() - started) / times * 1_000_000, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
