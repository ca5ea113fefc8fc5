"""Procrastinate, the job queue: jobs live in PostgreSQL and are deferred inside the transaction that needs them."""

from procrastinate import App


def configure(app: App) -> None:
    """Called once the apps are ready, with every task module already imported."""
    app.periodic_defaults = {"max_delay": 600.0}
