"""What separates a pack of credits from its product at Stripe. Pure; plans are in ``changes``."""

from collections.abc import Iterator

from billing.catalog.packs import CreditPack
from billing.gateway.catalog import StripePrice, StripeProduct
from billing.publishing.changes import Action, Change, leftover_steps, product_id_of, product_steps

PACK = "quickscale_pack"


def changes_for_pack(pack: CreditPack, product: StripeProduct | None) -> list[Change]:
    """Every step for one pack: one product, and its one price on sale, paid once."""
    if product is None and pack.archived_at is not None:
        return []
    steps = [*product_steps(pack, product, description=pack.tagline, mark=PACK)]
    remote = None
    if pack.archived_at is None:
        remote = _counterpart(pack, product)
        steps += _of_price(pack, remote)
    return [*steps, *leftover_steps(pack, product, {remote.id} if remote else set(), mark=PACK)]


def lookup_key_of(pack: CreditPack) -> str:
    """The name by which Stripe's price says which pack it is for."""
    return f"credits-{pack.key}"


def _counterpart(pack: CreditPack, product: StripeProduct | None) -> StripePrice | None:
    """The price we remember, else the one that says so; amount and currency must agree."""
    wanted = (pack.amount, pack.currency, "")
    found = [
        remote
        for remote in (product.prices if product else ())
        if (remote.amount, remote.currency, remote.interval) == wanted
        and (remote.id == pack.stripe_price_id or remote.metadata.get(PACK) == pack.key)
    ]
    return max(found, key=lambda remote: (remote.id == pack.stripe_price_id, remote.active), default=None)


def _of_price(pack: CreditPack, remote: StripePrice | None) -> Iterator[Change]:
    name = lookup_key_of(pack)
    if remote is None:
        sentence = f"Create the price {pack.formatted} of “{pack.name}”."
        yield Change(Action.CREATE_PRICE, pack, sentence, row=pack.pk, params=_new_price(pack, name))
        return
    differing: dict[str, object] = {}
    if not remote.active:
        differing["active"] = True
    if remote.lookup_key != name:
        differing |= {"lookup_key": name, "transfer_lookup_key": True}
    if differing:
        reason = "it is switched off in Stripe" if not remote.active else "its lookup key differs in Stripe"
        sentence = f"Put the price {pack.formatted} of “{pack.name}” on sale again: {reason}."
        yield Change(Action.UPDATE_PRICE, pack, sentence, target=remote.id, row=pack.pk, params=differing)
    elif pack.stripe_price_id != remote.id:
        sentence = f"Remember that “{pack.name}” is {remote.id} at Stripe."
        yield Change(Action.REMEMBER_PRICE, pack, sentence, target=remote.id, row=pack.pk)


def _new_price(pack: CreditPack, name: str) -> dict[str, object]:
    return {
        "product": product_id_of(pack),
        "currency": pack.currency.lower(),
        "unit_amount": pack.amount,
        "lookup_key": name,
        "transfer_lookup_key": True,
        "metadata": {PACK: pack.key},
    }
