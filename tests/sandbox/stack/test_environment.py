"""Secrets are made once and kept to their owner; addresses follow the run."""

import stat
from pathlib import Path

from sandbox.stack.environment import Addresses, write_environment


def test_secrets_stay_and_addresses_follow(tmp_path: Path) -> None:
    first = write_environment(tmp_path, Addresses(8000), "postgres://one")
    second = write_environment(tmp_path, Addresses(9000), "postgres://two")

    assert second["SECRET_KEY"] == first["SECRET_KEY"]
    assert second["STRIPE_SECRET_KEY"] == first["STRIPE_SECRET_KEY"]
    assert (second["SITE_URL"], second["DATABASE_URL"]) == ("http://127.0.0.1:9000", "postgres://two")
    assert second["EMAIL_URL"] == "smtp://127.0.0.1:9003"


def test_two_folders_share_no_secret(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = write_environment(tmp_path / "a", Addresses(8000), "postgres://")
    other = write_environment(tmp_path / "b", Addresses(8000), "postgres://")

    assert not {one[name] for name in SECRETS} & {other[name] for name in SECRETS}


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    write_environment(tmp_path, Addresses(8000), "postgres://")

    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600


def test_a_developers_own_lines_stay(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("# mine\nLOG_LEVEL=DEBUG\nSITE_URL=http://old\nnonsense\n")

    values = write_environment(tmp_path, Addresses(8000), "postgres://")

    assert values["LOG_LEVEL"] == "DEBUG"
    assert values["SITE_URL"] == "http://127.0.0.1:8000"
    assert "nonsense" not in (tmp_path / "env").read_text()


SECRETS = ("SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "DEMO_PASSWORD")
