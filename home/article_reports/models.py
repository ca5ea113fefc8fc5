"""The order of a report: kept from the first click on, so that nothing is paid twice and nothing is lost."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from files.storages import private_storage

FOLDER = "article-reports"
KEPT = timedelta(days=7)


class ArticleReport(models.Model):
    """A report that somebody ordered.

    ``key`` is the number of the form: sent again, it is the same order, and it names the credits that are set
    aside. ``credits`` is what it takes, 0 where the reader's plan includes it. ``lapses_at``: without a sign
    of life until then, it counts as failed and the credits are back. Only the holder of the latest of the
    ``attempts`` may finish it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MAKING = "making", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        DELETED = "deleted", "Deleted"

    UNDER_WAY = (State.WAITING, State.MAKING)

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="article_reports", db_index=False
    )
    key = models.UUIDField()
    page = models.ForeignKey("home.ArticlePage", on_delete=models.SET_NULL, null=True, related_name="+")
    page_title = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    credits = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(0))
    hold_id = models.PositiveBigIntegerField(null=True, help_text="The hold in the credit ledger.")
    entry_id = models.PositiveBigIntegerField(null=True, help_text="The spend in the credit ledger.")
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=255, blank=True, help_text="Why it failed, for the reader.")
    file = models.FileField(upload_to=FOLDER, storage=private_storage, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    lapses_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "report of an article"
        verbose_name_plural = "reports of articles"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reader", "key"], name="one_report_per_order"),
            models.UniqueConstraint(
                fields=["reader", "page"],
                condition=Q(state__in=["waiting", "making"]),
                name="one_report_of_a_page_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(credits=0) | ~Q(state__in=["ready", "deleted"]) | Q(entry_id__isnull=False),
                name="ready_reports_are_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["reader", "-id"], name="reports_of_reader"),
            models.Index(
                fields=["lapses_at"],
                condition=Q(state__in=["waiting", "making"]),
                name="reports_under_way",
            ),
            models.Index(fields=["finished_at"], condition=Q(state="ready"), name="reports_to_delete"),
        ]

    def __str__(self) -> str:
        return f"report of “{self.page_title}” ({self.state})"

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to come."""
        return self.state in self.UNDER_WAY and not self.has_lapsed

    @property
    def has_lapsed(self) -> bool:
        """Whether nobody made it in time; the credits are back then, whether or not a worker said so yet."""
        return self.state in self.UNDER_WAY and self.lapses_at <= timezone.now()

    @property
    def kept_until(self) -> datetime | None:
        """When its file goes."""
        return self.finished_at + KEPT if self.finished_at else None
