"""Every time somebody published the catalog to Stripe, and what came of it."""

from django.conf import settings
from django.db import models


class Publication(models.Model):
    """One run. ``changes`` lists what was done, even if it failed: ``{"plan": key, "sentence": text}``."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    is_live_mode = models.BooleanField("with real money")
    changes = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]

    def __str__(self) -> str:
        return f"publication of {self.requested_at:%Y-%m-%d %H:%M}"
