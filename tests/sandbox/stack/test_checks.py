"""What keeps the site from starting is found first, and said in one sentence with the way out."""

import os
import socket
import stat
from pathlib import Path

import pytest

from sandbox.processes import free_port
from sandbox.stack import checks
from sandbox.stack.checks import check_folder, check_ports, chosen_port, free_addresses, only_one_run
from sandbox.stack.environment import Addresses
from sandbox.stack.errors import StackError


def test_a_taken_port_is_named_with_who_has_it_and_the_way_out() -> None:
    addresses = free_addresses()

    with (
        socket.create_server(("127.0.0.1", addresses.port + 1)),
        pytest.raises(StackError, match=rf"Port {addresses.port + 1}, meant for the Stripe sandbox") as error,
    ):
        check_ports(addresses)

    assert f"(process {os.getpid()})" in str(error.value)
    assert "make run PORT=" in str(error.value)


@pytest.mark.parametrize("text", ["abc", "80", "65533", "-1", "8000 "])
def test_a_senseless_port_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)

    with pytest.raises(StackError, match="no port between 1024 and 65532"):
        chosen_port()


def test_port_8000_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")

    assert chosen_port() == 8000


def test_a_second_run_of_the_same_folder_is_told_where_the_first_is(tmp_path: Path) -> None:
    addresses = Addresses(free_port())

    with (
        only_one_run(tmp_path, addresses),
        pytest.raises(StackError, match=rf"already runs: {addresses.site}"),
        only_one_run(tmp_path, addresses),
    ):
        pass
    with only_one_run(tmp_path, addresses):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StackError, match=r"cannot be written to \(Not a directory\)"):
        check_folder(tmp_path / "file" / "local")


def test_a_full_disk_is_told_in_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "NEEDED_SPACE", 2**60)

    with pytest.raises(StackError, match=r"MB left and .* MB are needed"):
        check_folder(tmp_path)


def test_nobody_else_can_look_into_the_folder(tmp_path: Path) -> None:
    check_folder(tmp_path / "local")

    assert stat.S_IMODE((tmp_path / "local").stat().st_mode) == 0o700
