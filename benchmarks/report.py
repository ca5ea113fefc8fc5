"""Gathers the results of a run and writes them to ``build/bench.json``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.measure import Result

REPORT = Path(__file__).resolve().parents[1] / "build" / "bench.json"
_results: list[Result] = []


@pytest.fixture
def report() -> Callable[[Result], None]:
    """Keeps a result for the report and prints it."""

    def keep(result: Result) -> None:
        _results.append(result)
        print(f"\n{result}")  # noqa: T201 - what the command is for

    return keep


def pytest_sessionfinish() -> None:
    """Write what was measured, whether or not the goals were reached."""
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([result.as_dict() for result in _results], indent=2) + "\n")
