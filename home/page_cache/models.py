"""The generation of everything that pages show."""

from uuid import uuid4

from django.db import models


class PageGeneration(models.Model):
    """One row. Triggers on the tables of pages, navigation and catalog renew ``value`` at the commit.

    It is random, not a count: a count that is rolled back would come a second time, for other content.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.UUIDField(default=uuid4)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="only_one_page_generation"),
        ]

    def __str__(self) -> str:
        return f"page generation {self.value}"
