"""What people were told, kept so that nobody is told twice."""

from django.db import models
from django.db.models import Q


class Alert(models.Model):
    """Something that whoever runs the site should look at; open until it is over."""

    rule = models.CharField(max_length=60, help_text="Which check raised it, such as webhook_parked.")
    subject = models.CharField(max_length=200, help_text="What it is about: an event, a customer, a day.")
    sentence = models.TextField(help_text="What happened and what to do next.")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=Q(closed_at=None), name="one_open_alert_per_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}"
