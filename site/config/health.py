"""Two probes for whoever runs the site: is the process alive, and can it do its work?"""

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

logger = logging.getLogger(__name__)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procrastinate_jobs LIMIT 1")


def _cache() -> None:
    cache.set("readyz", "1", timeout=10)
    if cache.get("readyz") != "1":
        raise RuntimeError("the cache did not give back what was stored")


def _storage() -> None:
    storages["default"].exists("readyz")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "jobs": _jobs,
    "cache": _cache,
    "storage": _storage,
}


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, job queue, cache and storage work, else 503 naming what does not."""
    failing = [name for name, check in CHECKS.items() if not _passes(name, check)]
    answer = {name: "failing" if name in failing else "ok" for name in CHECKS}
    return JsonResponse(answer, status=503 if failing else 200)


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # a probe reports every failure, whatever its kind
        logger.exception("Readiness check failed: %s", name)
        return False
    return True
