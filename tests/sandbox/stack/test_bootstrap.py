"""A bare clone makes its own virtual environment, or says what is missing."""

from pathlib import Path

import pytest

from sandbox.stack import bootstrap


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requirements").mkdir()
    for name in ("local", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"# {name}\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return tmp_path


def test_an_old_python_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(SystemExit, match=r"This is Python 3.9, and QuickScale needs 3.11 or newer"):
        bootstrap.main("local")


def test_an_environment_is_made_once_and_again_when_the_pins_change(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.main("local")
    assert "Making the virtual environment" in capsys.readouterr().out

    bootstrap.main("local")
    assert capsys.readouterr().out == ""

    (clone / "requirements" / "local.txt").write_text("# other\n")
    bootstrap.main("local")
    words = capsys.readouterr().out
    assert "Installing" in words
    assert "Making" not in words

    bootstrap.main("test")
    (clone / "requirements" / "local.txt").write_text("# yet another\n")
    capsys.readouterr()
    bootstrap.main("local")
    assert capsys.readouterr().out == "", "what tests need is enough for a local run"


def test_a_linked_environment_is_used_but_never_changed(clone: Path, tmp_path: Path) -> None:
    (clone / ".venv").symlink_to(tmp_path / "kept-elsewhere")

    with pytest.raises(SystemExit, match="Remove the link and start again"):
        bootstrap.main("local")
