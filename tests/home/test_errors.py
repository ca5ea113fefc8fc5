"""Error pages: each says what happened, inside the site's own frame, whatever is broken."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, override_settings
from django.urls import path

from config.urls import urlpatterns as site_patterns
from tests.factories.home import front_page


def fail_with(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("fails/404/", fail_with(Http404())),
    path("fails/403/", fail_with(PermissionDenied())),
    path("fails/400/", fail_with(SuspiciousOperation())),
    path("fails/500/", fail_with(RuntimeError())),
    *site_patterns,
]


@pytest.fixture(autouse=True)
def failing_urls():
    with override_settings(ROOT_URLCONF=__name__, DEBUG=False):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("status", [403, 404])
def test_an_error_is_told_inside_the_frame_of_the_site_and_not_indexed(status):
    front_page()
    response = Client().get(f"/fails/{status}/")
    content = response.content.decode()
    assert response.status_code == status
    assert 'id="main"' in content
    assert "QuickScale" in content
    assert 'content="noindex"' in content


@pytest.mark.django_db
def test_a_page_not_found_offers_the_search():
    content = Client().get("/no-such-page/").content.decode()
    assert 'action="/search/"' in content


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/")
    content = response.content.decode()
    assert response.status_code == 403
    assert "Nothing was saved" in content
    assert "QuickScale" in content


def test_a_request_nobody_understands_is_told_so():
    response = Client().get("/fails/400/")
    assert response.status_code == 400
    assert "try again" in response.content.decode()


def test_a_crash_is_told_without_the_database():
    response = Client(raise_request_exception=False).get("/fails/500/")
    content = response.content.decode()
    assert response.status_code == 500
    assert "not your doing" in content
    assert "RuntimeError" not in content
