"""Every request has a number of the site's own, which its log lines and its answer carry."""

import logging
import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from config.request_ids import RequestIdFilter, RequestIdMiddleware


def line(words: str) -> str:
    """A line as the site's formatter would write its middle."""
    record = logging.LogRecord("billing", logging.INFO, "", 0, words, None, None)
    assert RequestIdFilter().filter(record)
    return f"billing{record.request_number}: {record.getMessage()}"  # type: ignore[attr-defined]


def test_the_answer_and_the_lines_of_a_request_carry_its_number(rf: RequestFactory) -> None:
    said = []

    def view(request: HttpRequest) -> HttpResponse:
        said.append(line("paid"))
        return HttpResponse(request.request_id)  # type: ignore[attr-defined]

    answer = RequestIdMiddleware(view)(rf.get("/"))
    number = answer["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{20}", number)
    assert answer.content.decode() == number
    assert said == [f"billing [{number}]: paid"]
    assert line("later") == "billing: later"


def test_the_number_is_forgotten_when_a_view_fails(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        RequestIdMiddleware(view)(rf.get("/"))
    assert line("later") == "billing: later"


@pytest.mark.parametrize("sent", ["chosen-by-a-stranger", "0" * 20, "x\ny", "<script>"])
def test_a_number_that_somebody_sends_along_counts_for_nothing(client: Client, sent: str) -> None:
    first, second = (client.get("/healthz", headers={"X-Request-ID": sent}) for _ in range(2))
    assert sent not in (first["X-Request-ID"], second["X-Request-ID"])
    assert first["X-Request-ID"] != second["X-Request-ID"]
