"""Run a command anew whenever the site's code changes: ``python -m sandbox.stack.reloading COMMAND …``.

gunicorn reloads by itself; the worker does not, and would go on running yesterday's jobs.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

from sandbox.processes import dies_with_parent
from sandbox.stack.environment import ROOT

WATCHED = ("billing", "files", "home", "members", "site")
SECONDS_BETWEEN_LOOKS = 1


def main(command: list[str]) -> int:
    """Keep the command running until told to stop; return its exit code if it ends before any change."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    process, seen, reloaded = _start(command), newest_change(), False
    try:
        while reloaded or process.poll() is None:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            if (now := newest_change()) != seen:
                print("The code changed: starting anew.", flush=True)
                _stop(process)
                process, seen, reloaded = _start(command), now, True
        return process.returncode
    finally:
        _stop(process)


def newest_change() -> float:
    """When the site's Python files changed last, and a little for each, so that a deletion shows as well."""
    times = [_changed_at(path) for name in WATCHED for path in (ROOT / name).rglob("*.py")]
    return max(times, default=0) + len(times)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # an editor is just putting another file in its place
        return 0


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*dies_with_parent(), *command])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
