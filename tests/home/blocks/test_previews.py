"""An editor sees in the block picker what a block looks like on the site."""

import pytest
from django.test import Client
from wagtail.blocks import Block

from home.pages.standard import StandardPage

pytestmark = pytest.mark.django_db

BLOCKS: dict[str, Block] = StandardPage._meta.get_field("body").stream_block.child_blocks


@pytest.mark.parametrize("name", BLOCKS)
def test_the_preview_of_a_block_wears_the_sites_own_look(admin_client: Client, name: str) -> None:
    answer = admin_client.get("/admin/block-preview/", {"id": BLOCKS[name].definition_prefix})
    assert answer.status_code == 200
    assert "css/quickscale" in answer.content.decode()


def test_every_block_has_a_preview() -> None:
    assert [name for name, block in BLOCKS.items() if not block.is_previewable] == []
