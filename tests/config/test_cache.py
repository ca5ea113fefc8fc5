"""The cache on a real Redis, as where several processes share one."""

import pytest
from django.core.cache import cache
from django.test import Client

from sandbox.processes import free_port

pytestmark = pytest.mark.django_db


def redis_at(url: str) -> dict[str, dict[str, str]]:
    return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}


def test_the_site_is_ready_on_redis(client: Client, settings, redis_server: str) -> None:
    settings.CACHES = redis_at(redis_server)
    assert client.get("/readyz").json()["cache"] == "ok"
    assert cache.get("readyz") == "1"


def test_a_redis_that_is_gone_is_named(client: Client, settings) -> None:
    settings.CACHES = redis_at(f"redis://127.0.0.1:{free_port()}/0")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["cache"] == "failing"
    assert response.json()["database"] == "ok"
