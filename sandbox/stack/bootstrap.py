"""Make the virtual environment of a bare clone: ``python3 sandbox/stack/bootstrap.py local|test``.

Uses the standard library only, and nothing that a Python too old for the site would stumble over before it
can say so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.11", "python3.12", "python3.13")
NO_VENV = "On Debian and Ubuntu, `apt install python3-venv` may be missing."
NO_PACKAGES = "If the network was the trouble, start again: what was fetched is kept."


def main(name: str) -> None:
    """Install requirements/<name>.txt into .venv unless that, or more, is there already."""
    if sys.version_info < OLDEST:
        start_again_with_a_newer_python()
    if is_current(name) or is_somebody_elses():
        return
    started = time.time()
    if not python_works():
        say("Making the virtual environment .venv …")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], NO_VENV)
    say(f"Installing the pinned packages of requirements/{name}.txt; half a minute if pip has them cached …")
    # The file names every package with its hashes, so pip has nothing to resolve.
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    run([*pip, "--require-hashes", "-r", f"requirements/{name}.txt"], NO_PACKAGES)
    stamp(name).write_text(fingerprint(name))
    say(f"Packages installed in {time.time() - started:.0f} s.")


def start_again_with_a_newer_python() -> None:
    """Hand over to a Python that is new enough, or say which one to install."""
    for name in NEWER_PYTHONS:
        if shutil.which(name):
            os.execvp(name, [name, *sys.argv])  # noqa: S606
    raise SystemExit(
        f"This is Python {sys.version_info[0]}.{sys.version_info[1]}, and QuickScale needs "
        f"{OLDEST[0]}.{OLDEST[1]} or newer. Install one, or name yours: `make run PYTHON=/path/to/python3`."
    )


def is_current(name: str) -> bool:
    """Whether .venv holds the packages; those for tests include those for a local run."""
    installed = [other for other in (name, "test") if read(stamp(other)) == fingerprint(other)]
    return bool(installed) and python_works()


def is_somebody_elses() -> bool:
    """Whether .venv is a link to an environment that is kept elsewhere, and not ours to change."""
    if VENV.is_symlink() and not python_works():
        raise SystemExit(
            f"{VENV} is a link to an environment that does not start. Remove the link and start again."
        )
    return VENV.is_symlink()


def python_works() -> bool:
    """Whether .venv holds a Python that starts."""
    try:
        return subprocess.call([str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def fingerprint(name: str) -> str:
    """What the virtual environment is made from: the pinned packages."""
    return hashlib.sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


def stamp(name: str) -> Path:
    """The file that remembers what was installed."""
    return VENV / f".installed-{name}"


def read(path: Path) -> str:
    """A small file's text, or nothing."""
    try:
        return path.read_text()
    except OSError:
        return ""


def run(command: list[str], hint: str) -> None:
    """Run one command; its own words stay visible if it fails."""
    if subprocess.call(command, cwd=str(ROOT)) != 0:
        raise SystemExit(f"That did not work; the lines above say why. {hint}")


def say(words: str) -> None:
    """Tell how far it is."""
    print(words, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        raise SystemExit("Stopped. The next start goes on from here.") from None
