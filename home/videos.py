"""Knows the addresses of videos on YouTube and Vimeo, and the address of the player for each."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import ParseResult, parse_qs, urlencode, urlparse

YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"}
YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
YOUTUBE_PATH = re.compile(r"/(?:embed|shorts|live|v)/([A-Za-z0-9_-]{11})/?")
VIMEO_HOSTS = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
VIMEO_PATH = re.compile(r"/(?:video/|channels/[\w-]+/)?(\d{6,12})(?:/([0-9a-f]{8,12}))?/?")
START = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,3})m)?(?:(\d{1,5})s?)?")
MAX_ADDRESS_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Video:
    """A video elsewhere: where people watch it, and the player that sets no cookie before it plays."""

    provider: str
    key: str
    watch_url: str
    player_url: str


def find_video(address: str) -> Video | None:
    """The video behind an address, or None if it is not one that the site can show. Asks nobody."""
    if len(address) > MAX_ADDRESS_LENGTH:
        return None
    try:
        parts = urlparse(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    for hosts, finder in FINDERS:
        if host in hosts:
            return finder(parts)
    return None


def _youtube(parts: ParseResult) -> Video | None:
    query = parse_qs(parts.query)
    if parts.hostname == "youtu.be":
        key = parts.path.strip("/")
    elif parts.path == "/watch":
        key = query.get("v", [""])[0]
    else:
        found = YOUTUBE_PATH.fullmatch(parts.path)
        key = found.group(1) if found else ""
    if not YOUTUBE_ID.fullmatch(key):
        return None
    start = _seconds(query.get("t", query.get("start", [""]))[0])
    options = urlencode({"autoplay": 1, "rel": 0, **({"start": start} if start else {})})
    return Video(
        provider="YouTube",
        key=key,
        watch_url=f"https://www.youtube.com/watch?v={key}" + (f"&t={start}s" if start else ""),
        player_url=f"https://www.youtube-nocookie.com/embed/{key}?{options}",
    )


def _vimeo(parts: ParseResult) -> Video | None:
    found = VIMEO_PATH.fullmatch(parts.path)
    if not found:
        return None
    key, token = found.group(1), found.group(2) or parse_qs(parts.query).get("h", [""])[0]
    if not re.fullmatch(r"[0-9a-f]{0,12}", token):
        return None
    options = urlencode({"autoplay": 1, "dnt": 1, **({"h": token} if token else {})})
    return Video(
        provider="Vimeo",
        key=key,
        watch_url=f"https://vimeo.com/{key}" + (f"/{token}" if token else ""),
        player_url=f"https://player.vimeo.com/video/{key}?{options}",
    )


def _seconds(mark: str) -> int:
    found = START.fullmatch(mark)
    if not found:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


FINDERS: list[tuple[set[str], Callable[[ParseResult], Video | None]]] = [
    (YOUTUBE_HOSTS | {"youtu.be"}, _youtube),
    (VIMEO_HOSTS, _vimeo),
]
