"""What an editor may type into a menu entry."""

import pytest
from wagtail.blocks import StructBlockValidationError

from home.navigation.blocks import LinkBlock


def cleaned(**value):
    block = LinkBlock()
    return block.clean(block.to_python({"label": "", "page": None, "url": "", **value}))


@pytest.mark.parametrize(
    "url", ["/pricing/", "#plans", "https://example.com/", "mailto:hello@example.com", "tel:+3212345"]
)
def test_an_address_of_this_site_or_another_is_a_link(url):
    assert cleaned(label="There", url=url)["url"] == url


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "example.com", "/a b"]
)
def test_an_address_that_could_surprise_the_reader_is_refused(url):
    with pytest.raises(StructBlockValidationError):
        cleaned(label="There", url=url)


def test_a_link_needs_a_page_or_an_address():
    with pytest.raises(StructBlockValidationError) as refused:
        cleaned(label="Nowhere")
    assert "page" in refused.value.block_errors


def test_an_address_needs_words():
    with pytest.raises(StructBlockValidationError) as refused:
        cleaned(url="/pricing/")
    assert "label" in refused.value.block_errors
