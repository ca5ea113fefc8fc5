"""No address of ours breaks, whatever is asked of it: all are walked with hostile questions and forms."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from inspect import unwrap
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from members.models import CustomUser
from tests.billing.admin.shop import Shop, open_shop
from tests.billing.conftest import empty_account

pytestmark = pytest.mark.django_db

SEED = 4711
OURS = ("billing", "files", "home", "members")
METHODS = ("get", "post", "put", "delete")
ASKED = (
    *(
        "agreed",
        "cancelled",
        "comment",
        "confirm",
        "country",
        "currency",
        "e",
        "email",
        "export",
        "feature",
        "id",
    ),
    *(
        "interval",
        "key",
        "kind",
        "method",
        "name",
        "next",
        "number",
        "o",
        "order",
        "p",
        "page",
        "password",
        "plan",
    ),
    *(
        "price",
        "q",
        "quantity",
        "query",
        "reason",
        "reference",
        "session_id",
        "since",
        "state",
        "then",
        "token",
    ),
    *("topic", "type", "until", "value", "year"),
)
HOSTILE = (
    *(
        "",
        "0",
        "-1",
        "9" * 30,
        "9" * 5000,
        "1e400",
        "NaN",
        "True",
        "[]",
        "{}",
        "é" * 300,
        "a\x00b",
        "%00",
        "x",
    ),
    *("2026-99-99", "0001-01-01", "9999-12-31", "<script>", "'", '"', "\\", "..//..", "//evil.example"),
)
NUMBERS = ("0", "9" * 18, "9" * 30)
WORDS = ("x", "cutter", "%00", "%ff", "é", "9" * 300, "a:b:c")
PARTS = {"uuid": (str(UUID(int=7)),), "slug": ("x", "cutter"), "path": ("a/b", "../x", "a%00b")}

Address = tuple[str, Any]


def addresses(patterns: Iterable[Any], before: str = "") -> Iterator[Address]:
    """Every address that our own code answers, as it is written in the table, with what answers."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and is_ours(unwrap(pattern.callback)):
            yield route, unwrap(pattern.callback)


def is_ours(view: Any) -> bool:
    """Whether the view, or the class that it is a method of, lies in one of our apps."""
    owner = type(getattr(view, "__self__", None))
    return any(module.split(".")[0] in OURS for module in (view.__module__, owner.__module__))


def keys_for(view: Any) -> list[str]:
    """Keys of rows that are there: of the model that an admin's screen is about, else of each of ours."""
    model = getattr(getattr(view, "__self__", None), "model", None)
    models = [model] if model else [each for app in OURS for each in apps.get_app_config(app).get_models()]
    return [str(key) for each in models for key in each._default_manager.values_list("pk", flat=True)[:2]]


def filled(route: str, keys: Sequence[str], chance: random.Random) -> str:
    """The address with something in the place of each of its parts."""
    numbers = [*NUMBERS, *chance.sample(keys, min(len(keys), 5))]
    parts = {**PARTS, "int": numbers}
    route = re.sub(r"\(\?P<\w+>[^)]*\)", lambda _: chance.choice(numbers), route)
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda part: chance.choice(parts.get(part[1], WORDS)), route)
    return "/" + route.replace("^", "").replace("$", "")


def fields_of(answer: Any) -> dict[str, str]:
    """The fields of the forms on a page, with the values they have."""
    if answer.status_code != 200 or "html" not in answer["Content-Type"]:
        return {}
    fields = BeautifulSoup(answer.content, "html.parser").select("form [name]")
    return {str(field["name"]): str(field.get("value", "x")) for field in fields}


@pytest.fixture
def clients() -> Iterator[dict[str, Client]]:
    """A visitor, a customer, and somebody who may do everything, on a site in which all happened once."""
    with empty_account():
        yield clients_of(open_shop())


def clients_of(shop: Shop) -> dict[str, Client]:
    """A browser for each of them; what breaks is an answer with 500, as a visitor would get it."""
    people = {"visitor": None, "customer": shop.subscriptions[0].customer.user, "boss": shop.lena}
    CustomUser.objects.filter(pk=shop.lena.pk).update(is_staff=True, is_superuser=True)
    clients = {name: Client(raise_request_exception=False) for name in people}
    for name, person in people.items():
        if person is not None:
            clients[name].force_login(person)
    return clients


@pytest.mark.parametrize("who", ["visitor", "customer", "boss"])
def test_no_address_breaks_whatever_is_asked_of_it(clients: dict[str, Client], who: str) -> None:
    chance, client, asked = random.Random(SEED), clients[who], 0  # noqa: S311 - nothing secret
    for route, view in addresses(get_resolver().url_patterns):
        if route.startswith("admin") != (who == "boss"):
            continue
        path = filled(route, keys_for(view), chance)
        fields = fields_of(client.get(path))
        for method in METHODS:
            sent = {name: chance.choice(HOSTILE) for name in chance.sample(ASKED, 15)}
            sent |= {
                name: chance.choice([value, *chance.sample(HOSTILE, 2)]) for name, value in fields.items()
            }
            body = sent if method in {"get", "post"} else "{}"
            headers = {"accept": chance.choice(["text/html", "application/json", "*/*", ""])}
            answer = getattr(client, method)(path, body, headers=headers)
            assert answer.status_code != 500, (method, path, sent)
            asked += 1
    assert asked > 200
