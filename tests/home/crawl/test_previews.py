"""An editor's previews of every page of the planted site: each shows what its reader would find, no more."""

from copy import copy

import pytest
from django.test import Client

from home.gate.previews import CUSTOMER, MEMBER, VISITOR
from home.pages.base import SitePage
from tests.factories.home import front_page
from tests.factories.members import person_in
from tests.home.crawl import people
from tests.home.crawl.planting import WORDS, kind_at, plant_site

UNGATED = {"draft", "private"}  # closed by other means than the gate, and open to who may edit them
MODES = {
    VISITOR: people.VISITOR,
    MEMBER: people.MEMBER,
    f"{CUSTOMER}skiff": people.MEMBER,
    f"{CUSTOMER}cutter": people.HOLDER,
}


@pytest.mark.django_db
def test_a_preview_tells_each_word_exactly_to_those_it_previews_for(client: Client) -> None:
    plant_site()
    client.force_login(person_in("Editors"))
    request = client.get("/").wsgi_request
    told, allowed = set(), set()
    for page in front_page().get_descendants(inclusive=True).specific():
        assert isinstance(page, SitePage)
        for mode, rights in MODES.items():
            shown = copy(page).make_preview_request(request, mode).content
            told |= {(kind, page.url, mode) for kind, word in WORDS.items() if word.encode() in shown}
            if (kind := kind_at(page.url)) in rights | UNGATED:
                allowed.add((kind, page.url, mode))
    assert told == allowed
