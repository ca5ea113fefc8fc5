"""Which packs of credits somebody is offered: those in the currency they pay in."""

from collections.abc import Iterable
from dataclasses import dataclass

from billing.catalog.packs import CreditPack
from billing.catalog.pricing import packs_on_sale, sites_first
from billing.customers.queries import CurrencyChoice


@dataclass(frozen=True, slots=True)
class Shop:
    """``packs``, all in one ``currency``.

    ``instead_of``: what the reader pays in, where no pack is sold in it. ``currencies``: (code, chosen) where
    there are several to choose from.
    """

    packs: tuple[CreditPack, ...]
    currency: str
    instead_of: str = ""
    currencies: tuple[tuple[str, bool], ...] = ()


def shop_for(own: CurrencyChoice, *, asked: str = "") -> Shop:
    """The packs for somebody who pays in their ``own`` currency and asks for another. One query."""
    packs = packs_on_sale()
    sold_in = sites_first(pack.currency for pack in packs)
    shop = shop_in(own.asking_for(asked if asked in sold_in else ""), packs)
    choices = () if own.held_by or len(sold_in) < 2 else sold_in
    currencies = tuple((code, code == shop.currency) for code in choices)
    return Shop(shop.packs, shop.currency, shop.instead_of, currencies)


def shop_in(currency: str, packs: Iterable[CreditPack]) -> Shop:
    """The ``packs`` in this currency; where there are none, those in the site's, or in the first there is."""
    by_currency: dict[str, list[CreditPack]] = {}
    for pack in packs:
        by_currency.setdefault(pack.currency, []).append(pack)
    if currency in by_currency or not by_currency:
        return Shop(tuple(by_currency.get(currency, ())), currency)
    shown = sites_first(by_currency)[0]
    return Shop(tuple(by_currency[shown]), shown, instead_of=currency)
