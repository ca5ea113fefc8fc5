"""What can go wrong at Stripe: the few kinds our code answers differently, each with words for people."""

import stripe

from billing.gateway.words import words_for


class StripeFailure(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Stripe did not do what we asked. ``sentence`` may be shown to anybody: it holds nobody's data."""

    happened = "Our payment partner could not complete this step."
    next_step = "Nothing was charged. Please try again; if it happens again, write to us."

    def __init__(
        self, *, request_id: str = "", code: str = "", decline_code: str = "", param: str = ""
    ) -> None:
        told = f"{code or '-'}/{decline_code}" if decline_code else code or "-"
        super().__init__(f"{type(self).__name__} code={told} request={request_id or '-'}")
        self.request_id = request_id
        self.code = code
        self.decline_code = decline_code
        self.param = param

    @property
    def sentence(self) -> str:
        """What happened and what to do next, for a page: the table's words, else those of the kind."""
        words = words_for(self.decline_code, self.code)
        return f"{words.happened} {words.next_step}" if words else f"{self.happened} {self.next_step}"


class StripeUnavailable(StripeFailure):
    """Stripe is out of reach, too slow, broken or asks us to slow down: the same call may work later."""

    happened = "Our payment partner is not answering at the moment."
    next_step = "Nothing was charged and nothing is lost. Please try again in a minute."


class CircuitOpen(StripeUnavailable):
    """Stripe did not answer lately, so it was not asked; ``retry_in``: seconds until it is asked again."""

    def __init__(self, *, retry_in: float) -> None:
        super().__init__(code="circuit_open")
        self.retry_in = retry_in


class CardRefused(StripeFailure):
    """The bank said no to the payment method."""

    happened = "The bank did not accept this payment method."
    next_step = "Nothing was charged. Please use another one, or ask your bank."


class StripeRefused(StripeFailure):
    """Stripe understood us and will not do it: our mistake, or something changed at Stripe."""


class MissingAtStripe(StripeRefused):
    """What we name does not exist at Stripe (any more)."""

    happened = "Our payment partner no longer knows this record."


class RepeatedDifferently(StripeRefused):
    """An idempotency key was used before with other parameters."""


class KeyRefused(StripeRefused):
    """Stripe does not accept our API key."""

    happened = "Payments are not set up correctly on our side."
    next_step = "Nothing was charged. We have been told; please try again later."


def failure_from(error: stripe.StripeError) -> StripeFailure:
    """The kind of failure that stripe-python's ``error`` is for us."""
    kind = _kind_of(error)
    return kind(
        request_id=error.request_id or "",
        code=error.code or "",
        decline_code=_decline_code_of(error),
        param=getattr(error, "param", None) or "",
    )


def _decline_code_of(error: stripe.StripeError) -> str:
    """The bank's own reason, where there is one."""
    told = getattr(error.error, "decline_code", None) if error.error else None
    return told if isinstance(told, str) else ""


def _kind_of(error: stripe.StripeError) -> type[StripeFailure]:
    if isinstance(error, stripe.CardError):
        return CardRefused
    if isinstance(error, stripe.IdempotencyError):
        return RepeatedDifferently
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return KeyRefused
    if isinstance(error, stripe.InvalidRequestError):
        return MissingAtStripe if error.code == "resource_missing" else StripeRefused
    return StripeUnavailable
