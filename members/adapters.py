"""The project's rules on top of allauth: safe ways back, mail that may fail, encrypted secrets."""

import base64
import hashlib
import logging
import smtplib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from members.models import CustomUser

logger = logging.getLogger(__name__)

# In the mail the way back is not called ``next``: it is followed only once the person is signed in.
WAY_BACK = "then"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's own behaviour, with the project's rules on top."""

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of this very site: allauth would also accept every name in ``ALLOWED_HOSTS``."""
        request = current.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link in the mail; it remembers where the person was going, for another browser's sake."""
        link: str = super().get_email_confirmation_url(request, emailconfirmation)
        way_back = get_next_redirect_url(request)
        return f"{link}?{urlencode({WAY_BACK: way_back})}" if way_back else link

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Where to go once an address is verified.

        The browser that signed up is signed in by then and never comes here. Another browser has shown that
        somebody reads the mailbox, not that they know the password: it signs in first, then goes on.
        """
        way_back = self.request.GET.get(WAY_BACK)
        safe = way_back if self.is_safe_url(way_back) else None
        if self.request.user.is_authenticated:
            return safe or reverse("account_email")
        login = reverse("account_login")
        return f"{login}?{urlencode({'next': safe})}" if safe else login

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of allauth's mails. A mail server that fails costs the mail, not the page."""
        try:
            super().send_mail(template_prefix, email, {"site_name": settings.WAGTAIL_SITE_NAME, **context})
        except (smtplib.SMTPException, OSError) as error:
            # The error's own words and traceback may hold the address.
            logger.error("The mail %s was not accepted: %s", template_prefix, type(error).__name__)  # noqa: TRY400
            messages.error(
                self.request,
                "We could not send you an e-mail just now. Please try again in a few minutes.",
            )


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps second-factor secrets encrypted and names the site in authenticator apps and passkeys."""

    def encrypt(self, text: str) -> str:
        """What the database stores: without ``SECRET_KEY`` a stolen copy of it opens no account."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a stored secret, also one written under a key that is in ``SECRET_KEY_FALLBACKS`` now."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: CustomUser, type: Authenticator.Type) -> str:  # noqa: A002
        """What a new key is called until its owner names it."""
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """How a browser names the site when it offers a passkey."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.WAGTAIL_SITE_NAME}


def _cipher() -> MultiFernet:
    return MultiFernet(list(_keys()))


def _keys() -> Iterator[Fernet]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        digest = hashlib.blake2b(secret.encode(), digest_size=32, person=b"members.mfa").digest()
        yield Fernet(base64.urlsafe_b64encode(digest))
