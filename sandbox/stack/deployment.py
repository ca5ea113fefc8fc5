"""Run one of Django's commands as production would: ``python -m sandbox.stack.deployment check --deploy``."""

import os
import secrets
import sys

from django.core.management import execute_from_command_line

from sandbox.stack.environment import ROOT


def production_environment() -> dict[str, str]:
    """Everything the production settings ask for, with secrets made up on the spot."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": "postgres://quickscale@127.0.0.1/quickscale",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "SITE_URL": "https://quickscale.example",
        "ALLOWED_HOSTS": "quickscale.example",
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}",
        "STRIPE_PUBLISHABLE_KEY": f"pk_test_{secrets.token_hex(16)}",
    }


def main(arguments: list[str]) -> None:
    """Hand the command over to Django."""
    os.environ.update(production_environment())
    sys.path.insert(0, str(ROOT / "site"))
    execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
