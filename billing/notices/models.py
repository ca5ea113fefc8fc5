"""What people were told, kept so that nobody is told twice."""

from django.conf import settings
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
        return f"{self.rule.replace('_', ' ')}: {self.subject}"


class Notice(models.Model):
    """Something one person was told: its words are kept as they were when it happened.

    ``mail_begun_at`` is set before a mail is handed to the mail server and ``mailed_at`` after it was taken:
    between the two nobody knows, and it is never tried again (decision record 0110).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    topic = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True, help_text="One notice per key, for ever.")
    title = models.CharField(max_length=250)
    text = models.TextField()
    button = models.CharField(max_length=60, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    context = models.JSONField(default=dict)
    is_in_app = models.BooleanField(default=True)
    is_by_mail = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_begun_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-created_at"], condition=Q(is_in_app=True), name="notices_of_user"),
            models.Index(
                fields=["user"], condition=Q(is_in_app=True, read_at=None), name="unread_notices_of_user"
            ),
            models.Index(
                fields=["mail_begun_at"],
                condition=Q(mailed_at=None, mail_begun_at__isnull=False),
                name="notice_mail_unsure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.title}"


class NoticeChoice(models.Model):
    """How somebody wants to hear about a topic; without a row, by mail and on the site."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    topic = models.CharField(max_length=60)
    by_mail = models.BooleanField(default=True)
    in_app = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="one_notice_choice_per_topic")]

    def __str__(self) -> str:
        return f"{self.topic}: mail {self.by_mail}, site {self.in_app}"


class NoticeWording(models.Model):
    """An admin's own words for a topic; an empty field means the words that come with the site."""

    topic = models.CharField(max_length=60, unique=True)
    subject = models.CharField(max_length=150, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    button = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "wording of a notice"
        verbose_name_plural = "wording of notices"

    def __str__(self) -> str:
        return self.topic.replace("_", " ").capitalize()
