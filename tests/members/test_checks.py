"""Settings that are easily set wrong are reported, with the way out."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from django.core.checks import run_checks
from django.urls import include, path
from pytest_django.fixtures import Settings
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from members import checks


def reported(*, deploy: bool = False) -> set[str | None]:
    messages = run_checks(include_deployment_checks=deploy)
    return {message.id for message in messages if str(message.id).startswith("members.")}


@pytest.fixture
def bare_urls(settings: Settings) -> Iterator[ModuleType]:
    """An address list where somebody forgot our doors."""
    bare = ModuleType("bare")
    bare.urlpatterns = [path("admin/", include(wagtailadmin_urls)), path("", include(wagtail_urls))]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = bare
    return bare


@pytest.mark.django_db
def test_the_project_as_it_is_has_nothing_to_report() -> None:
    assert reported() == set()


def test_wagtails_own_sign_in_is_an_error(bare_urls: ModuleType) -> None:
    found = checks.only_one_way_to_sign_in(None)
    assert [message.id for message in found] == ["members.E001", "members.E001"]
    assert "/admin/login/" in found[0].msg


def test_a_door_that_leads_nowhere_is_an_error_too(bare_urls: ModuleType, monkeypatch) -> None:
    monkeypatch.setattr(checks, "reverse", lambda _: "/nowhere")
    bare_urls.urlpatterns.pop()
    assert len(checks.only_one_way_to_sign_in(None)) == 2


def test_a_second_backend_is_an_error(settings: Settings) -> None:
    settings.AUTHENTICATION_BACKENDS = [checks.OWN_BACKEND, "django.contrib.auth.backends.ModelBackend"]
    assert [message.id for message in checks.one_backend(None)] == ["members.E002"]


@pytest.mark.django_db
def test_a_deployment_hears_about_what_only_a_laptop_may_do(settings: Settings) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    settings.REQUIRE_ADMIN_MFA = False
    assert reported(deploy=True) == {"members.W001", "members.W002", "members.E003"}


@pytest.mark.django_db
def test_a_well_set_up_deployment_hears_nothing(settings: Settings) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    settings.REQUIRE_ADMIN_MFA = True
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ""}}
    assert reported(deploy=True) == set()
