"""Processes of a local run end together, in order, and leave nothing behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.stack.supervisor import StopRequestedError, Supervisor

WRITES_WHEN_STOPPED = """
import signal, sys, time
def leave(*_):
    time.sleep(0.2)
    open(sys.argv[2], "a").write(sys.argv[1] + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True: time.sleep(1)
"""

DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def own_signals() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    previous = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in previous.items():
        signal.signal(number, handler)


@pytest.fixture
def log() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def supervisor(log: list[tuple[str, str]]) -> Supervisor:
    return Supervisor(lambda name, line: log.append((name, line)))


def wait_for(condition: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_last_started_is_stopped_first_and_each_before_the_next(
    supervisor: Supervisor, log: list[tuple[str, str]], tmp_path: Path
) -> None:
    for name in ("database", "web", "worker"):
        command = [sys.executable, "-c", WRITES_WHEN_STOPPED, name, str(tmp_path / "order")]
        supervisor.start(name, command, {})
    wait_for(lambda: len(log) == 3)

    supervisor.stop()

    assert (tmp_path / "order").read_text() == "worker web database "


def test_a_process_that_ends_by_itself_is_named_with_its_last_words(
    supervisor: Supervisor, log: list[tuple[str, str]]
) -> None:
    supervisor.start("web", [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"], {})

    ended = supervisor.wait()

    assert (ended.name, ended.process.returncode) == ("web", 3)
    assert log == [("web", "the reason")]


def test_a_process_that_does_not_obey_is_killed(
    supervisor: Supervisor, log: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.stack.supervisor.STOP_SECONDS", 0.2)
    child = supervisor.start("deaf", [sys.executable, "-c", DEAF], {})
    wait_for(lambda: log)

    supervisor.stop()

    assert child.process.returncode == -signal.SIGKILL


def test_the_first_ctrl_c_asks_and_the_second_kills(
    supervisor: Supervisor, log: list[tuple[str, str]], own_signals: None
) -> None:
    child = supervisor.start("deaf", [sys.executable, "-c", DEAF], {})
    wait_for(lambda: log)
    supervisor.listen_to_signals()

    with pytest.raises(StopRequestedError):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)

    assert child.process.wait(30) == -signal.SIGKILL


def test_children_die_with_a_supervisor_that_is_killed_outright(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from sandbox.stack.supervisor import Supervisor\n"
        "s = Supervisor(lambda *_: None)\n"
        "print(s.start('sleeper', ['sleep', '60'], {}).process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    wait_for(lambda: child.name() == "sleep")

    parent.kill()
    parent.wait()

    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
