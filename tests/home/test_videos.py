"""Video addresses: what is recognised, what is refused, and what the player asks of strangers."""

import pytest
from django.conf import settings
from django.template import Context, Template
from wagtail.blocks import StructBlockValidationError
from wagtail.embeds.embeds import get_embed
from wagtail.embeds.exceptions import EmbedNotFoundException
from wagtail.embeds.format import embed_to_frontend_html

from home.blocks.media import PlayerBlock
from home.videos import find_video

YOUTUBE_KEY = "aqz-KE-bpKQ"


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/watch?v={YOUTUBE_KEY}",
        f"https://youtube.com/watch?list=PL1&v={YOUTUBE_KEY}",
        f"https://m.youtube.com/watch?v={YOUTUBE_KEY}",
        f"https://youtu.be/{YOUTUBE_KEY}?si=abc",
        f"https://www.youtube.com/embed/{YOUTUBE_KEY}",
        f"https://www.youtube.com/shorts/{YOUTUBE_KEY}",
        f"https://www.youtube.com/live/{YOUTUBE_KEY}",
        f"  https://youtu.be/{YOUTUBE_KEY} ",
    ],
)
def test_every_form_of_a_youtube_address_leads_to_the_player_without_cookies(address):
    video = find_video(address)
    assert video is not None
    assert video.provider == "YouTube"
    assert video.player_url.startswith(f"https://www.youtube-nocookie.com/embed/{YOUTUBE_KEY}?")


@pytest.mark.parametrize(
    ("mark", "seconds"), [("90", 90), ("90s", 90), ("1m30s", 90), ("1h2m3s", 3723), ("soon", None)]
)
def test_a_youtube_video_starts_where_its_address_says(mark, seconds):
    video = find_video(f"https://youtu.be/{YOUTUBE_KEY}?t={mark}")
    assert video is not None
    assert (f"start={seconds}" in video.player_url) is (seconds is not None)


@pytest.mark.parametrize(
    ("address", "token"),
    [
        ("https://vimeo.com/76979871", None),
        ("https://player.vimeo.com/video/76979871", None),
        ("https://vimeo.com/channels/staffpicks/76979871", None),
        ("https://vimeo.com/76979871/0123456789", "0123456789"),
        ("https://player.vimeo.com/video/76979871?h=0123456789", "0123456789"),
    ],
)
def test_a_vimeo_address_leads_to_the_player_that_does_not_track(address, token):
    video = find_video(address)
    assert video is not None
    assert video.player_url.startswith("https://player.vimeo.com/video/76979871?")
    assert "dnt=1" in video.player_url
    assert (f"h={token}" in video.player_url) is (token is not None)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "not an address",
        "https://example.com/watch?v=" + YOUTUBE_KEY,
        "https://www.youtube.com.example.com/watch?v=" + YOUTUBE_KEY,
        "https://www.youtube.com/watch?v=short",
        'https://www.youtube.com/watch?v="><script>',
        "https://www.youtube.com/playlist?list=PL1",
        "https://vimeo.com/about",
        "https://vimeo.com/76979871?h=<script>",
        "javascript://www.youtube.com/watch?v=" + YOUTUBE_KEY,
        "http://[::1",
        "https://youtu.be/" + YOUTUBE_KEY + "?" + "a" * 500,
    ],
)
def test_any_other_address_is_not_a_video(address):
    assert find_video(address) is None


def test_every_player_is_allowed_by_the_content_security_policy():
    allowed = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["frame-src"]
    for address in (f"https://youtu.be/{YOUTUBE_KEY}", "https://vimeo.com/76979871"):
        player = find_video(address).player_url
        assert any(player.startswith(f"{origin}/") for origin in allowed)


def test_nothing_loads_from_the_provider_before_the_reader_plays():
    html = Template("{% load videos %}{% video_player url title %}").render(
        Context({"url": f"https://youtu.be/{YOUTUBE_KEY}", "title": "A <calm> tour"})
    )
    assert "<iframe" in html
    assert "src=" not in html.replace('<script src="/static/', "")
    assert 'href="https://www.youtube-nocookie.com/embed/' in html
    assert "A &lt;calm&gt; tour" in html
    assert "style=" not in html


def test_an_editor_reads_what_to_do_when_the_address_is_not_a_video():
    block = PlayerBlock()
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python({"video": "https://example.com/clip"}))
    assert "Copy it from the video's page" in str(refused.value.block_errors["video"])


@pytest.mark.django_db
def test_a_video_in_a_block_is_drawn_as_the_facade():
    block = PlayerBlock()
    html = block.render(block.to_python({"video": "https://vimeo.com/76979871", "caption": "A tour"}))
    assert 'href="https://player.vimeo.com/video/76979871' in html


@pytest.mark.django_db
def test_a_video_in_rich_text_is_drawn_as_the_facade():
    html = embed_to_frontend_html("https://vimeo.com/76979871")
    assert 'href="https://player.vimeo.com/video/76979871' in html


@pytest.mark.django_db
def test_an_unknown_address_is_refused_without_asking_the_network():
    with pytest.raises(EmbedNotFoundException):
        get_embed("https://www.dailymotion.com/video/x7tgad0")
