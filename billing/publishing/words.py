"""Why publishing failed, in a sentence for the admin who asked for it."""

from billing.gateway.errors import KeyRefused, StripeFailure, StripeUnavailable


def in_words(failure: Exception) -> str:
    """What happened and what to do next."""
    if isinstance(failure, KeyRefused) and failure.code == "no_key_in_settings":
        return "No Stripe key is set. Set STRIPE_SECRET_KEY in the environment and try again."
    if isinstance(failure, KeyRefused):
        return "Stripe does not accept the key. Check STRIPE_SECRET_KEY and what the key may do."
    if isinstance(failure, StripeUnavailable):
        return "Stripe cannot be reached. What is done stays done; publish again in a few minutes to finish."
    if isinstance(failure, StripeFailure):
        request = failure.request_id or "unknown"
        return f"Stripe refused a change. Look up request {request} in its dashboard, then publish again."
    return str(failure)
