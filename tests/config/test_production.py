"""Production refuses to start without its secrets, and says which are missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://quickscale@127.0.0.1/quickscale",
    "SITE_URL": "https://quickscale.example",
    "ALLOWED_HOSTS": "quickscale.example",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "STRIPE_SECRET_KEY": "sk_test_" + "0" * 24,
    "STRIPE_PUBLISHABLE_KEY": "pk_test_" + "0" * 24,
}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Import the production settings in a process of their own."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from config.settings.production import *; print(DEBUG, SESSION_COOKIE_SECURE,REQUIRE_ADMIN_MFA)",
        ],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "site"), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_starts_with_all_its_settings_and_is_never_in_debug() -> None:
    assert start(**COMPLETE).stdout.split() == ["False", "True", "True"]


def test_production_asks_admins_for_a_second_factor_unless_told_otherwise() -> None:
    assert start(**COMPLETE, REQUIRE_ADMIN_MFA="0").stdout.split()[-1] == "False"


@pytest.mark.parametrize("name", list(COMPLETE))
def test_production_names_the_setting_that_is_missing(name: str) -> None:
    result = start(**{key: value for key, value in COMPLETE.items() if key != name})
    assert result.returncode != 0
    assert f"Set {name} in the environment" in result.stderr
