"""Keeps the sandbox away from real money: it refuses live keys and production settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LIVE = re.compile("^(sk|rk)" + "_live_")


class NotHereError(Exception):
    """The sandbox must not run in this environment; the message says why and what to do."""


def refuse_production(environment: Mapping[str, str]) -> None:
    """Raise NotHereError when the environment holds a live Stripe key or production settings."""
    if environment.get("DJANGO_SETTINGS_MODULE", "").endswith("production"):
        raise NotHereError(
            "The Stripe sandbox does not start with production settings (DJANGO_SETTINGS_MODULE ends with "
            "'production'). Unset it, or use config.settings.local."
        )
    for name, value in environment.items():
        if _LIVE.match(value):
            raise NotHereError(
                f"The Stripe sandbox does not start beside a live Stripe key (found in {name}). Remove it "
                "from the environment, or use a test key."
            )
