"""The mark that changes with every change of the catalog."""

from uuid import uuid4

from django.db import models


class CatalogEpoch(models.Model):
    """One row. Triggers on the catalog's tables renew ``value``, so that no way of editing can forget it.

    It is random, not a count: a count that is rolled back would come a second time, for other content.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.UUIDField(default=uuid4)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="only_one_catalog_epoch"),
        ]

    def __str__(self) -> str:
        return f"catalog epoch {self.value}"
