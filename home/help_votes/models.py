"""Whether a help page helped somebody."""

from django.db import models

from home.pages.help import HelpPage


class HelpVote(models.Model):
    """One reader's answer about one page. ``voter`` is a keyed hash that names nobody."""

    page = models.ForeignKey(HelpPage, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=64, editable=False)
    is_helpful = models.BooleanField("the page helped")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "help vote"
        constraints = [models.UniqueConstraint(fields=["page", "voter"], name="one_vote_per_reader")]

    def __str__(self) -> str:
        return f"{self.page}: {'helped' if self.is_helpful else 'did not help'}"
