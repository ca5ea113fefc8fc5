"""What we ask Stripe about invoices and what came back of their payments."""

from collections.abc import Iterator

import stripe

from billing.gateway.client import ask

LARGEST_PAGE = 100


def invoice_pages(*, customer_id: str) -> Iterator[list[stripe.Invoice]]:
    """The customer's invoices, newest first, page by page: each page is asked for when it is needed."""
    last = ""
    while True:
        page = _page(customer_id, last)
        yield page.data
        if not page.has_more:
            return
        last = page.data[-1].id


def retrieve_invoice(*, invoice_id: str) -> stripe.Invoice:
    """The invoice as Stripe has it now, with addresses of its page and its PDF that still work."""
    return ask(lambda client: client.v1.invoices.retrieve(invoice_id, {"expand": ["payments"]}))


def list_charges(*, customer_id: str) -> list[stripe.Charge]:
    """The customer's latest hundred payments; each tells how much of it was given back."""
    return ask(lambda client: client.v1.charges.list({"customer": customer_id, "limit": LARGEST_PAGE})).data


def retrieve_payment_intent(*, intent_id: str) -> stripe.PaymentIntent:
    """How far a payment is: whether it waits for the customer's bank."""
    return ask(lambda client: client.v1.payment_intents.retrieve(intent_id))


def _page(customer_id: str, last: str) -> stripe.ListObject[stripe.Invoice]:
    if last:
        return ask(
            lambda client: client.v1.invoices.list(
                {
                    "customer": customer_id,
                    "limit": LARGEST_PAGE,
                    "expand": ["data.payments"],
                    "starting_after": last,
                }
            )
        )
    return ask(
        lambda client: client.v1.invoices.list(
            {"customer": customer_id, "limit": LARGEST_PAGE, "expand": ["data.payments"]}
        )
    )
