"""The environment of a local run: addresses that follow from one port, and secrets made once."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sandbox.processes import LOOPBACK

ROOT = Path(__file__).resolve().parents[2]
DEMO_MARK = "demo-loaded"  # a file that says that the first start went all the way


@dataclass(frozen=True)
class Addresses:
    """Where everything listens, all of it on this machine only."""

    port: int

    @property
    def ports(self) -> dict[str, int]:
        """What needs which port."""
        names = ("the site", "the Stripe sandbox", "the mailbox's page", "the mailbox's SMTP server")
        return {name: self.port + offset for offset, name in enumerate(names)}

    @property
    def site(self) -> str:
        """The site."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def stripe(self) -> str:
        """The Stripe sandbox: its API and its pages."""
        return f"http://{LOOPBACK}:{self.port + 1}"

    @property
    def mailbox(self) -> str:
        """The mailbox's page."""
        return f"http://{LOOPBACK}:{self.port + 2}"

    @property
    def smtp(self) -> str:
        """The EMAIL_URL of the mailbox."""
        return f"smtp://{LOOPBACK}:{self.port + 3}"


def local_folder() -> Path:
    """The folder of everything a local run keeps: ``.local``, unless QUICKSCALE_LOCAL_DIR names another."""
    return Path(os.environ.get("QUICKSCALE_LOCAL_DIR") or ROOT / ".local").absolute()


def write_environment(folder: Path, addresses: Addresses, database_url: str) -> dict[str, str]:
    """Bring ``folder/env`` up to date and return it.

    Secrets are made once and kept, addresses follow the run, and whatever else a developer wrote there stays.
    """
    path = folder / "env"
    kept = read_environment(folder)
    values = {**_new_secrets(), **kept, **_addresses(addresses, database_url)}
    text = "# Written by `make run`: secrets once, addresses each time. Your own lines stay.\n"
    text += "".join(f"{name}={value}\n" for name, value in values.items())
    descriptor = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    path.with_suffix(".new").replace(path)
    return values


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}",
        "STRIPE_PUBLISHABLE_KEY": f"pk_test_{secrets.token_hex(16)}",
        "DEMO_PASSWORD": f"demo-{secrets.token_hex(4)}",
    }


def _addresses(addresses: Addresses, database_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "SITE_URL": addresses.site,
        "EMAIL_URL": addresses.smtp,
        "MAILBOX_URL": addresses.mailbox,
        "STRIPE_API_BASE": addresses.stripe,
    }


def read_environment(folder: Path) -> dict[str, str]:
    """What ``folder/env`` says; nothing where it was never written."""
    path = folder / "env"
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if not line.startswith("#"))
    return {name.strip(): value for name, equals, value in pairs if equals}
