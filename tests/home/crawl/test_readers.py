"""A crawl of the whole site as every kind of reader: each word is found exactly where it may be.

A plain look may be answered with what was kept of the readers before, an htmx request never is. So each
reader meets what others filled and what is made anew.
"""

from tests.home.crawl import people
from tests.home.crawl.crawling import Crawl
from tests.home.page_cache.conftest import settle

READERS = {
    "a customer of Cutter": (people.customer_of_cutter, people.HOLDER),
    "a visitor": (people.visitor, people.VISITOR),
    "a member": (people.member, people.MEMBER),
    "a customer of Skiff": (people.customer_of_skiff, people.MEMBER),
    "a buyer": (people.buyer, people.BUYER),
}


def test_each_word_is_found_exactly_where_it_may_be_though_others_filled_the_cache(crawl: Crawl) -> None:
    for who, (make, rights) in READERS.items():
        client = make()
        settle()

        found = crawl.finds(client)

        assert found == crawl.allows(rights), who
        for kind in rights:
            places = {one.address.partition("-")[2][:7] for one in found if one.kind == kind}
            assert places >= {"page/", "handout", "picture"}, (who, kind)
