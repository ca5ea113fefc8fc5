"""The two probes say whether the process lives and whether it can work."""

import pytest
from django.core.files.storage import storages
from django.test import Client

pytestmark = pytest.mark.django_db


def test_alive_answers_without_touching_the_database(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok"


def test_ready_names_every_part_that_works(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "jobs": "ok", "cache": "ok", "storage": "ok"}


def test_ready_answers_503_and_names_what_fails(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(name: str) -> bool:
        raise OSError("no such bucket")

    monkeypatch.setattr(storages["default"], "exists", unreachable)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["storage"] == "failing"
    assert response.json()["database"] == "ok"


def test_probes_are_never_cached(client: Client) -> None:
    assert "no-store" in client.get("/readyz")["Cache-Control"]
