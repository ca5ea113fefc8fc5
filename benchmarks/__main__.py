"""Run every benchmark: ``python -m benchmarks``."""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    options = ["-q", "-s", "--no-header", "-p", "benchmarks.report", "--ds=benchmarks.settings"]
    chosen = ["--override-ini=python_files=bench_*.py", "benchmarks"]
    sys.exit(pytest.main([*options, *chosen]))
