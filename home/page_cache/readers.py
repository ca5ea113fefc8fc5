"""Which class the readers have that this process has met, as long as nothing about them changes."""

import hashlib
import time
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest

from billing import api as billing
from home.gate.models import PageUnlock
from home.page_cache import cookie
from home.page_cache.classes import VISITOR, Reader, Standing
from home.page_cache.cookie import Word
from home.page_cache.watch import Mark, watch

MOST = 20_000
BELIEVED = 3600  # seconds, whatever happens

UNKNOWN = Standing(person=0, stamp="")
"""Somebody whose session must be looked at."""


class Readers:
    """The members this process knows, each with the moment their standing was read at."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[Standing, Mark]] = OrderedDict()
        self._lock = Lock()

    def of(self, request: HttpRequest) -> Reader:
        """Who reads, without a session and without a query; UNKNOWN where that takes both."""
        if CookieStorage.cookie_name in request.COOKIES:
            return UNKNOWN
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return VISITOR
        word = cookie.read(request)
        return self._standing(word) if word else UNKNOWN

    def learn(self, person: Any, since: Mark) -> Standing | None:
        """Remember a member whom a request brought along; None where something changed meanwhile."""
        standing = standing_of(person)
        with self._lock:
            if watch.has_changed(person.pk, since):
                return None
            self._known[person.pk] = (standing, since)
            self._known.move_to_end(person.pk)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return standing

    def clear(self) -> None:
        """Know nobody."""
        with self._lock:
            self._known.clear()

    def _standing(self, word: Word) -> Standing:
        known = self._known.get(word.person)
        if known is None or known[0].stamp != word.stamp or known[0].until <= time.time():
            return UNKNOWN
        return UNKNOWN if watch.has_changed(word.person, known[1]) else known[0]


def standing_of(person: Any) -> Standing:
    """What the gate answers this member now. Costs one query for somebody loaded with their entitlements."""
    entitlements = billing.entitlements_for(person)
    switches = sorted(billing.switches_for(person))
    answers = {key: billing.check(person, key).reason.value for key in switches}
    bought = PageUnlock.objects.filter(reader=person.pk, refunded_at=None, page__isnull=False)
    pages = frozenset(bought.exclude(paid_at=None).values_list("page_id", flat=True))
    until = time.time() + BELIEVED
    if entitlements.stale_at is not None:
        until = min(until, entitlements.stale_at.timestamp())
    stamp = hashlib.sha256(repr((sorted(answers.items()), sorted(pages))).encode()).hexdigest()[:12]
    return Standing(person.pk, stamp, answers, pages, until)


readers = Readers()
