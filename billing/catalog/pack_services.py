"""Changes of the packs of credits: save, archive, restore, delete."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from billing.catalog.errors import CatalogRefusal
from billing.catalog.packs import CreditPack
from billing.catalog.queries import is_protected


@transaction.atomic
def save_pack(*, pack: CreditPack) -> None:
    """Save ``pack``. At another price it is off sale until it is published: Stripe must know what it costs.

    Raises ``ValidationError`` for what no pack may be.
    """
    if pack.is_public and pack.archived_at:
        raise ValidationError({"is_public": "This pack is archived. Restore it before you put it on sale."})
    stored = CreditPack.objects.select_for_update().filter(pk=pack.pk).first()
    if stored and (stored.amount, stored.currency) != (pack.amount, pack.currency):
        pack.stripe_price_id = ""
    elif stored:
        pack.stripe_price_id = stored.stripe_price_id
    pack.changed_at = timezone.now()
    pack.save()


@transaction.atomic
def archive_pack(*, pack: CreditPack) -> None:
    """Take ``pack`` off sale. Credits that were bought stay."""
    if pack.archived_at is None:
        pack.archived_at = pack.changed_at = timezone.now()
        pack.is_public = False
        pack.save(update_fields=["archived_at", "changed_at", "is_public"])


@transaction.atomic
def restore_pack(*, pack: CreditPack) -> None:
    """Put an archived ``pack`` back, off sale until somebody puts it there."""
    pack.archived_at = None
    pack.changed_at = timezone.now()
    pack.save(update_fields=["archived_at", "changed_at"])


@transaction.atomic
def delete_pack(*, pack: CreditPack) -> None:
    """Remove ``pack``. Raises ``CatalogRefusal`` where Stripe knows it or somebody bought it."""
    CreditPack.objects.select_for_update().get(pk=pack.pk)
    refuse_to_lose_pack(pack=pack)
    pack.delete()


def refuse_to_lose_pack(*, pack: CreditPack) -> None:
    """Raise ``CatalogRefusal`` where Stripe knows ``pack``, or somebody bought it or reloads with it."""
    if pack.stripe_product_id:
        raise CatalogRefusal("Stripe knows this pack, so it stays on record. Archive it instead.")
    if is_protected(pack):
        raise CatalogRefusal("Somebody buys this pack, or did, so it stays on record. Archive it instead.")
