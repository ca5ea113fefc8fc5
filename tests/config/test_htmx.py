"""A redirect that answers an htmx request makes the browser visit the new page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from config.htmx import HtmxRedirectMiddleware


def redirect_to_dashboard(request: HttpRequest) -> HttpResponse:
    """Answer as a view that has saved something does."""
    response = HttpResponseRedirect("/dashboard/")
    response.set_cookie("sessionid", "fresh")
    return response


def test_htmx_is_told_to_visit_the_new_page(rf: RequestFactory) -> None:
    response = HtmxRedirectMiddleware(redirect_to_dashboard)(rf.post("/", headers={"HX-Request": "true"}))
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/dashboard/"


def test_cookies_of_the_redirect_are_kept(rf: RequestFactory) -> None:
    response = HtmxRedirectMiddleware(redirect_to_dashboard)(rf.post("/", headers={"HX-Request": "true"}))
    assert response.cookies["sessionid"].value == "fresh"


def test_a_plain_form_is_redirected_as_usual(rf: RequestFactory) -> None:
    response = HtmxRedirectMiddleware(redirect_to_dashboard)(rf.post("/"))
    assert response.status_code == 302


def test_an_answer_that_is_no_redirect_stays_as_it_is(rf: RequestFactory) -> None:
    page = HttpResponse("saved")
    assert HtmxRedirectMiddleware(lambda _: page)(rf.get("/", headers={"HX-Request": "true"})) is page
