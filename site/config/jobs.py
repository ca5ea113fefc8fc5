"""Procrastinate, the job queue: jobs live in PostgreSQL and are deferred in the caller's transaction."""

from procrastinate import App


def configure(app: App) -> None:
    """Called once the apps are ready, with every task module already imported."""
    app.periodic_defaults = {"max_delay": 600.0}
