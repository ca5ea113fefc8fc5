"""Procrastinate, the job queue: jobs live in PostgreSQL and are deferred in the caller's transaction."""

import logging

from procrastinate import App, JobContext
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from billing.actors import acting_job

logger = logging.getLogger(__name__)

KEPT_HOURS = 72


def configure(app: App) -> None:
    """Called once the apps are ready, with every task module already imported."""
    app.periodic_defaults = {"max_delay": 600.0}
    app.worker_defaults = {**app.worker_defaults, "task_middleware": [acting_job]}
    for cron, job in (("* * * * *", rescue_jobs), ("23 4 * * *", forget_old_jobs)):
        app.periodic(cron=cron)(
            app.task(name=job.__name__, queueing_lock=job.__name__, pass_context=True)(job)
        )


async def rescue_jobs(context: JobContext, timestamp: int) -> None:
    """Each minute: give the jobs of workers that died to those that live.

    A worker that sent no sign of life for 30 seconds counts as dead. Every job of ours may run twice.
    """
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        logger.warning("Job %s (%s) lost its worker and begins anew", job.id, job.task_name)
        try:
            await jobs.retry_job(job)
        except UniqueViolation:  # another one waits under its queueing lock already, and will do the work
            await jobs.finish_job(job, status=Status.ABORTED, delete_job=False)


async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
    """Each night: delete the jobs that ended well more than three days ago."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS)
