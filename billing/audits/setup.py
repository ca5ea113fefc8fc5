"""Checks of what this site was told: keys, addresses, files. They ask nobody outside but the storage."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http.request import validate_host

from billing.audits.findings import Finding, bad, good

SECRET_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9]{24,}")
PUBLISHABLE_KEY = re.compile(r"pk_(test|live)_[A-Za-z0-9]{24,}")


def check_keys() -> Iterator[Finding]:
    """Both keys are there, look like Stripe's, and belong to one mode."""
    secret = SECRET_KEY.fullmatch(settings.STRIPE_SECRET_KEY)
    publishable = PUBLISHABLE_KEY.fullmatch(settings.STRIPE_PUBLISHABLE_KEY)
    if not secret:
        yield bad("STRIPE_SECRET_KEY is missing or no secret key: copy it from Stripe's dashboard.")
    if not publishable:
        yield bad("STRIPE_PUBLISHABLE_KEY is missing or no publishable key: copy it from Stripe's dashboard.")
    if secret and publishable:
        yield from _check_modes(secret[2], publishable[1])


def _check_modes(mode: str, publishable_mode: str) -> Iterator[Finding]:
    if mode != publishable_mode:
        yield bad(f"One key is for {mode} mode, the other for {publishable_mode}: take a pair of one mode.")
    elif mode == "live" and settings.DEBUG:
        yield bad("Live keys with DEBUG on: anybody could forge events. Turn DEBUG off.")
    elif mode == "live" and settings.STRIPE_API_BASE:
        yield bad("Live keys with STRIPE_API_BASE set: they would be sent to another machine. Unset it.")
    else:
        yield good(f"Both keys are there, for {mode} mode.")


def check_site_address() -> Iterator[Finding]:
    """The address that Stripe and mails use is one this site answers to, and safe where money is real."""
    parts = urlsplit(settings.SITE_URL)
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        yield bad(f"SITE_URL names {parts.hostname}, which is not among ALLOWED_HOSTS: add it there.")
    elif settings.STRIPE_LIVE_MODE and parts.scheme != "https":
        yield bad(f"SITE_URL is {settings.SITE_URL}: Stripe sends live events to https addresses only.")
    else:
        yield good(f"The site answers at {settings.SITE_URL}.")


def check_storage() -> Iterator[Finding]:
    """A small file can be written, read and deleted, in the public storage and in the private one."""
    for name in ("default", "private"):
        try:
            _write_and_read(name)
        except Exception as error:
            yield bad(f"The {name} storage does not work: {type(error).__name__}: {error}")
        else:
            yield good(f"The {name} storage takes a file, gives it back and deletes it.")


def _write_and_read(name: str) -> None:
    storage = storages[name]
    stored = storage.save("billing-doctor.txt", ContentFile(b"ok"))
    try:
        with storage.open(stored) as file:
            if file.read() != b"ok":
                raise OSError("it gave back something else than was stored")
    finally:
        storage.delete(stored)
