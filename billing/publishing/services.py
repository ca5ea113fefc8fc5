"""Publishing the catalog to Stripe, and comparing the two. No lock is held across a call."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.utils import timezone

from billing.catalog.models import Plan, Price
from billing.catalog.packs import CreditPack
from billing.catalog.queries import plans_with_content
from billing.gateway.catalog import (
    create_price,
    create_product,
    retrieve_product,
    update_price,
    update_product,
)
from billing.gateway.errors import KeyRefused, StripeFailure, StripeRefused
from billing.publishing.changes import Action, Change, changes_for, product_id_of
from billing.publishing.models import Publication
from billing.publishing.packs import changes_for_pack
from billing.publishing.words import in_words

Teller = Callable[[Change], None]
Sellable = Plan | CreditPack
ROUNDS = 3


class WrongMode(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The catalog was published in the other mode of Stripe; ``sentence`` says what to do."""

    def __init__(self, *, was_live: bool) -> None:
        was, now = ("live", "test") if was_live else ("test", "live")
        self.sentence = (
            f"The catalog was last published in Stripe's {was} mode, and the key is a {now} one. "
            "Nothing was changed. Set the other key, or run billing_sync --switch-mode if you mean it."
        )
        super().__init__(self.sentence)


def compare() -> list[Change]:
    """What publishing would do now. Reads Stripe, writes nothing. Raises ``StripeFailure``."""
    _require_key()
    return [change for item in _everything_sold() for change in _steps(item)]


def compare_and_remember() -> list[Change]:
    """Compare, and keep the differences of each for the lists. Raises ``StripeFailure``."""
    _require_key()
    changes = []
    for item in _everything_sold():
        found = _steps(item)
        _remember(item, found)
        changes += found
    return changes


def request_publication(*, by: Any = None) -> Publication:
    """Store the wish to publish; ``publish`` fulfils it."""
    return Publication.objects.create(requested_by=by, is_live_mode=settings.STRIPE_LIVE_MODE)


def publish(*, publication: Publication, tell: Teller = lambda _: None, switch_mode: bool = False) -> None:
    """Bring Stripe in step with the catalog. Run twice, or after a failure half-way, the end is the same.

    ``tell`` hears of every change once it is done. Raises ``StripeFailure`` or ``WrongMode``; the publication
    keeps the reason in words.
    """

    def done(change: Change) -> None:
        publication.changes.append({"plan": change.subject, "sentence": change.sentence})
        tell(change)

    publication.changes, publication.error = [], ""
    try:
        _require_key()
        _refuse_other_mode(publication, switch_mode)
        for item in _everything_sold():
            _publish(item, done)
    except (StripeFailure, WrongMode) as failure:
        _finish(publication, Publication.State.FAILED, in_words(failure))
        raise
    _finish(publication, Publication.State.DONE)


def _everything_sold() -> Iterator[Sellable]:
    yield from plans_with_content()
    yield from CreditPack.objects.all()


def _steps(item: Sellable) -> list[Change]:
    """What separates it from Stripe; what was never sold is not asked about."""
    if not _is_sold(item):
        return []
    product = retrieve_product(product_id_of(item))
    return changes_for_pack(item, product) if isinstance(item, CreditPack) else changes_for(item, product)


def _is_sold(item: Sellable) -> bool:
    if isinstance(item, CreditPack):
        return bool(item.stripe_product_id) or item.archived_at is None
    return bool(item.stripe_product_id) or any(version.prices.all() for version in item.versions.all())


def _publish(item: Sellable, done: Teller) -> None:
    """Compare and apply until nothing is left to do: each round reads anew what Stripe has."""
    for _ in range(ROUNDS):
        steps = _steps(item)
        pending = [step for step in steps if step.action != Action.NOTE]
        if not pending:
            break
        for step in pending:
            _apply(step)
            done(step)
        item = _anew(item)
    _remember(item, steps)


def _anew(item: Sellable) -> Sellable:
    if isinstance(item, CreditPack):
        return CreditPack.objects.get(pk=item.pk)
    return plans_with_content().get(pk=item.pk)


def _apply(step: Change) -> None:
    match step.action:
        case Action.CREATE_PRODUCT:
            _create_product(step)
        case Action.UPDATE_PRODUCT:
            update_product(step.target, step.params)
        case Action.CREATE_PRICE:
            _remember_price(step, create_price(step.params, idempotency_key=step.idempotency_key).id)
        case Action.UPDATE_PRICE:
            _remember_price(step, update_price(step.target, step.params).id)
        case Action.REMEMBER_PRICE:
            _remember_price(step, step.target)
        case Action.RETIRE_PRICE:
            update_price(step.target, step.params)


def _create_product(step: Change) -> None:
    """Somebody else may have made it since we looked: the id says that it is the same one."""
    try:
        create_product(step.params, idempotency_key=step.idempotency_key)
    except StripeRefused as refusal:
        if refusal.code != "resource_already_exists":
            raise


def _remember_price(step: Change, stripe_price_id: str) -> None:
    if isinstance(step.plan, CreditPack):
        asked = CreditPack.objects.filter(pk=step.row, amount=step.plan.amount, currency=step.plan.currency)
        asked.update(stripe_price_id=stripe_price_id)
        return
    Price.objects.filter(stripe_price_id=stripe_price_id).exclude(pk=step.row).update(stripe_price_id="")
    Price.objects.filter(pk=step.row).update(stripe_price_id=stripe_price_id)


def _remember(item: Sellable, differences: list[Change]) -> None:
    is_missing = any(change.action == Action.CREATE_PRODUCT for change in differences)
    is_archived_unsold = item.archived_at is not None and not item.stripe_product_id
    is_there = _is_sold(item) and not is_missing and not is_archived_unsold
    type(item).objects.filter(pk=item.pk).update(
        stripe_product_id=product_id_of(item) if is_there else item.stripe_product_id,
        stripe_compared_at=timezone.now(),
        stripe_differences=[change.sentence for change in differences],
    )


def _require_key() -> None:
    if not settings.STRIPE_SECRET_KEY:
        raise KeyRefused(code="no_key_in_settings")


def _refuse_other_mode(publication: Publication, switch_mode: bool) -> None:
    last = Publication.objects.filter(state=Publication.State.DONE).first()
    if last and last.is_live_mode != publication.is_live_mode and not switch_mode:
        raise WrongMode(was_live=last.is_live_mode)


def _finish(publication: Publication, state: str, error: str = "") -> None:
    publication.state, publication.error, publication.finished_at = state, error, timezone.now()
    publication.save(update_fields=["state", "error", "finished_at", "changes"])
