"""Takes over a new signing secret, and goes on accepting the former one for a while: no event is lost."""

import re
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

import stripe
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from djstripe.models import WebhookEndpoint

from billing.webhooks.secret_models import SigningSecret

Route = SigningSecret.Route

SHAPE = re.compile(r"whsec_[A-Za-z0-9+/=]{16,200}")


class NoSecret(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """What was handed over is no signing secret of Stripe."""


def thin_reference() -> UUID:
    """The last part of this site's address for thin events: the same as long as the site's address is."""
    return uuid5(NAMESPACE_URL, f"{settings.SITE_URL}/stripe/events/")


def thin_address() -> str:
    """Where Stripe sends thin events."""
    return f"{settings.SITE_URL}{reverse('stripe_events', args=[thin_reference()])}"


def accepted_secrets(route: str, reference: UUID) -> list[str]:
    """The secrets that are accepted now at an address, the present one first; not dj-stripe's."""
    rows = SigningSecret.objects.filter(route=route, reference=reference).filter(_accepted())
    return list(rows.order_by("-accepted_until").values_list("secret", flat=True))


def signing_secret_of(endpoint: WebhookEndpoint, *, body: str, signature: str) -> str:
    """The accepted secret that made the signature; the present one where none did, so that it is refused."""
    present: str = endpoint.secret
    if _signed(body, signature, present):
        return present
    former = accepted_secrets(Route.WEBHOOK, endpoint.djstripe_uuid)
    return next((secret for secret in former if _signed(body, signature, secret)), present)


def take_endpoint_secret(*, endpoint: WebhookEndpoint, secret: str, keep: timedelta) -> None:
    """Sign with ``secret`` from now on; the one before it is accepted for ``keep`` longer. Safe to repeat.

    Raises ``NoSecret``.
    """
    _require(secret)
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
        if row.secret != secret:
            _remember(Route.WEBHOOK, row.djstripe_uuid, row.secret, until=timezone.now() + keep)
            SigningSecret.objects.filter(
                route=Route.WEBHOOK, reference=row.djstripe_uuid, secret=secret
            ).delete()
            row.secret = secret
            row.save(update_fields=["secret"])


def take_thin_secret(*, secret: str, keep: timedelta) -> None:
    """The same for thin events, whose first secret is taken over in this way too. Raises ``NoSecret``."""
    _require(secret)
    with transaction.atomic():
        rows = SigningSecret.objects.select_for_update().filter(
            route=Route.EVENTS, reference=thin_reference()
        )
        rows.filter(accepted_until=None).exclude(secret=secret).update(accepted_until=timezone.now() + keep)
        _remember(Route.EVENTS, thin_reference(), secret, until=None)


def former_secrets() -> QuerySet[SigningSecret]:
    """Every secret that ends or has ended."""
    return SigningSecret.objects.exclude(accepted_until=None)


def forget_expired_secrets() -> int:
    """Delete the secrets that are not accepted any more; gives their number."""
    return former_secrets().exclude(_accepted()).delete()[0]


def _accepted() -> Q:
    return Q(accepted_until=None) | Q(accepted_until__gt=timezone.now())


def _remember(route: str, reference: UUID, secret: str, *, until: datetime | None) -> None:
    SigningSecret.objects.update_or_create(
        route=route, reference=reference, secret=secret, defaults={"accepted_until": until}
    )


def _signed(body: str, signature: str, secret: str) -> bool:
    """Stripe's own comparison, which takes the same time whatever differs."""
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)
    except stripe.SignatureVerificationError:
        return False
    return True


def _require(secret: str) -> None:
    if not SHAPE.fullmatch(secret):
        raise NoSecret("A signing secret begins with whsec_: copy it from Stripe's dashboard.")
