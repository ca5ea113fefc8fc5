"""The smoke test's visitor fills in forms as they stand and says where a path ends."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from sandbox.stack.observed import TROUBLE
from sandbox.stack.visitor import VisitError, Visitor

PAGE = b"""<form action="/search" method="get"><input name="q"></form>
<form action="/send" method="post"><input type="hidden" name="token" value="t&amp;1"><input name="email">
<input type="checkbox" name="terms" value="yes"></form><a href="/there/?a=1">There</a>"""


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.answer(404 if self.path == "/missing" else 200, PAGE)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(200, f"{parse_qs(body)} from {self.headers['Referer']}".encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Visitor(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


def test_hidden_fields_travel_and_unticked_boxes_do_not(visitor: Visitor) -> None:
    answer = visitor.submit(visitor.get("/form"), "/send", email="ada@example.com")

    assert "{'token': ['t&1'], 'email': ['ada@example.com']}" in answer.text
    assert "/form" in answer.text


def test_links_are_followed_by_a_part_of_their_address(visitor: Visitor) -> None:
    assert visitor.get("/").link("/there").endswith("/there/?a=1")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda visitor: visitor.get("/missing"), "answered 404"),
        (lambda visitor: visitor.get("/").link("/nowhere"), "has no link to /nowhere"),
        (lambda visitor: visitor.submit(visitor.get("/"), "/search"), "has no form for /search"),
        (lambda visitor: visitor.submit(visitor.get("/"), "/send", name="x"), "has no field name"),
    ],
)
def test_a_path_that_ends_says_where(visitor: Visitor, step: object, words: str) -> None:
    with pytest.raises(VisitError, match=words):
        step(visitor)  # type: ignore[operator]


@pytest.mark.parametrize(
    "line",
    [
        "web │ 2026-11-23 17:09:52,393 WARNING django.request: Not Found: /pricing/",
        "worker │ WARNINGS:",
        "web │ Traceback (most recent call last):",
        "web │ ValueError: no",
        "web │ x.py:1: DeprecationWarning: old",
        "postgres │ FATAL:  the database system is starting up",
    ],
)
def test_trouble_in_a_log_is_recognised(line: str) -> None:
    assert TROUBLE.search(line)


@pytest.mark.parametrize("line", ["web │ GET /errors/ 200 3 ms", "Everything is stopped."])
def test_an_ordinary_line_is_no_trouble(line: str) -> None:
    assert not TROUBLE.search(line)
