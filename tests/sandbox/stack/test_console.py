"""The terminal of a local run: steps with their time, logs behind a name, lines never mixed."""

import pytest

from sandbox.stack.console import Console


def test_a_quiet_step_takes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Console(2).step("Starting PostgreSQL"):
        pass

    assert capsys.readouterr().out == "[1/2] Starting PostgreSQL … 0.0 s\n"


def test_a_log_line_within_a_step_stands_on_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(2)
    with console.step("Starting the site"):
        console.log("web", "hello")

    lines = capsys.readouterr().out.splitlines()
    assert lines == ["[1/2] Starting the site … ", "web      │ hello", "[1/2] Starting the site took 0.0 s"]


def test_a_step_that_fails_claims_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(2)
    with pytest.raises(RuntimeError), console.step("Starting PostgreSQL"):
        raise RuntimeError
    console.line("That did not work.")

    assert capsys.readouterr().out == "[1/2] Starting PostgreSQL … \nThat did not work.\n"


def test_the_box_is_as_wide_as_its_widest_row(capsys: pytest.CaptureFixture[str]) -> None:
    Console(1).box([("", "It runs."), ("Site", "http://127.0.0.1:8000/")])

    lines = capsys.readouterr().out.strip().splitlines()
    assert len({len(line) for line in lines}) == 1
    assert "│ Site   http://127.0.0.1:8000/ │" in lines
