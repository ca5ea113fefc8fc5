"""The promises of the folder layout."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_site_is_a_folder_on_the_path_and_never_a_package() -> None:
    assert not (ROOT / "site" / "__init__.py").exists()
    assert Path(sys.modules["site"].__file__ or "").parent != ROOT / "site"


def test_requirements_name_no_index_and_pin_every_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        lines = lock.read_text().splitlines()
        pins = [line for line in lines if line and line[0] not in " #"]
        assert pins, f"{lock.name} pins nothing"
        assert all("==" in pin for pin in pins)
        assert lock.read_text().count("--hash=sha256:") >= len(pins)
        assert "index-url" not in lock.read_text()
        assert "://" not in lock.read_text()
