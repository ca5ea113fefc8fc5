"""The worker of a local run follows the code, survives a mistake in it, and stops when told to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pathlib import Path
from sandbox.stack import reloading
reloading.ROOT, reloading.WATCHED, reloading.SECONDS_BETWEEN_LOOKS = Path(sys.argv[1]), ("app",), 0.05
sys.exit(reloading.main([sys.executable, sys.argv[1] + "/app/job.py"]))
"""
LIVES = "import time\nprint('version {}', flush=True)\ntime.sleep(60)\n"


@pytest.fixture
def code(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    return tmp_path / "app" / "job.py"


@pytest.fixture
def watched(code: Path) -> Iterator[subprocess.Popen[str]]:
    code.write_text(LIVES.format(1))
    command = [sys.executable, "-c", SCRIPT, str(code.parent.parent)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    yield process
    process.kill()
    process.wait()


def change(code: Path, text: str, *, later: int) -> None:
    new = code.with_suffix(".new")
    new.write_text(text)
    os.utime(new, (time.time() + later, time.time() + later))
    new.replace(code)


def read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_change_starts_it_anew_even_after_a_mistake(code: Path, watched: subprocess.Popen[str]) -> None:
    assert read(watched) == "version 1"

    change(code, "this is no Python", later=10)
    assert read(watched) == "The code changed: starting anew."
    time.sleep(0.5)
    change(code, LIVES.format(2), later=20)

    assert read(watched) == "The code changed: starting anew."
    assert read(watched) == "version 2"


def test_it_stops_when_told_to(watched: subprocess.Popen[str]) -> None:
    assert read(watched) == "version 1"

    watched.send_signal(signal.SIGTERM)

    assert watched.wait(60) == 0


def test_a_command_that_never_comes_up_passes_its_exit_code_on(code: Path) -> None:
    code.write_text("raise SystemExit(7)")

    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(code.parent.parent)], check=False, timeout=60
    )

    assert finished.returncode == 7
