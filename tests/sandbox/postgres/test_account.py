"""PostgreSQL never runs as root, and never as somebody who does not own its data."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sandbox.postgres.account import account_for
from sandbox.postgres.errors import PostgresError


def test_an_ordinary_user_runs_it_as_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid or 4711)
    monkeypatch.setattr(Path, "exists", lambda _: False)

    assert account_for(tmp_path / "data").prefix == ()


def test_somebody_elses_data_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)

    with pytest.raises(PostgresError, match="belongs to another user"):
        account_for(tmp_path)


def test_root_lends_an_unprivileged_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/setpriv")

    account = account_for(tmp_path / "not-there-yet")

    assert account.uid != 0
    assert f"--reuid={account.uid}" in account.prefix


def test_root_takes_the_account_that_owns_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = SimpleNamespace(pw_uid=4711, pw_gid=4712)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/setpriv")
    monkeypatch.setattr("pwd.getpwuid", lambda _: owner)
    monkeypatch.setattr(Path, "stat", lambda _, **__: SimpleNamespace(st_uid=4711, st_mode=0o40700))

    assert account_for(tmp_path).uid == 4711


def test_root_without_setpriv_is_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda _: None)

    with pytest.raises(PostgresError, match="setpriv"):
        account_for(tmp_path / "data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account")
def test_the_lent_account_reaches_programs_in_a_folder_that_only_root_enters(tmp_path: Path) -> None:
    program = tmp_path / "only-root" / "program"
    program.parent.mkdir(mode=0o700)
    program.touch(mode=0o755)
    look = f"import os, sys; sys.exit(0 if os.access({str(program)!r}, os.X_OK) else 1)"

    looked = subprocess.run([*account_for(tmp_path / "data").prefix, sys.executable, "-c", look], check=False)

    assert looked.returncode == 0
