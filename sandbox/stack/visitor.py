"""A person with a browser, less the browser: follows links, fills in forms as they stand, keeps cookies."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, Tag

SECONDS = 30


class VisitError(AssertionError):
    """A page was not what a person would expect there."""


@dataclass(frozen=True)
class Page:
    """One answer: where it came from and what it says."""

    url: str
    soup: BeautifulSoup

    @property
    def path(self) -> str:
        """The path it was found at."""
        return urlsplit(self.url).path

    @property
    def text(self) -> str:
        """What a reader sees, in one line."""
        return " ".join(self.soup.get_text(" ").split())

    def has(self, selector: str) -> bool:
        """Whether something matches the CSS selector."""
        return self.soup.select_one(selector) is not None

    def link(self, part_of_address: str) -> str:
        """The address of the first link that contains ``part_of_address``."""
        found = self.soup.select_one(f'a[href*="{part_of_address}"]')
        if found is None:
            raise VisitError(f"{self.url} has no link to {part_of_address}. It says: {self.text[:600]}")
        return urljoin(self.url, str(found["href"]))

    def form(self, part_of_address: str) -> Tag:
        """The first form that is sent by POST to an address containing ``part_of_address``."""
        for form in self.soup.find_all("form"):
            action = urljoin(self.url, str(form.get("action") or self.url))
            if str(form.get("method", "")).lower() == "post" and part_of_address in action:
                return form
        raise VisitError(f"{self.url} has no form for {part_of_address}. It says: {self.text[:600]}")


class Visitor:
    """Somebody on the site, with cookies of their own."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, address: str) -> Page:
        """Open a page; it has to answer 200."""
        return self._page(self.session.get(urljoin(self.site, address), timeout=SECONDS))

    def submit(self, page: Page, part_of_address: str, **typed: str) -> Page:
        """Send one of the page's forms, its hidden fields included, and go where that leads."""
        form = page.form(part_of_address)
        fields = {
            str(field["name"]): str(field.get("value", ""))
            for field in form.select("input[name]")
            if field.get("type") not in ("checkbox", "radio", "submit")
        }
        missing = set(typed) - {str(field["name"]) for field in form.select("[name]")}
        if missing:
            raise VisitError(f"The form on {page.url} has no field {', '.join(sorted(missing))}.")
        action = urljoin(page.url, str(form.get("action") or page.url))
        headers = {
            "Referer": page.url,
            "Origin": f"{urlsplit(page.url).scheme}://{urlsplit(page.url).netloc}",
        }
        return self._page(self.session.post(action, {**fields, **typed}, headers=headers, timeout=SECONDS))

    def _page(self, answer: requests.Response) -> Page:
        page = Page(answer.url, BeautifulSoup(answer.text, "html.parser"))
        if answer.status_code != 200:
            raise VisitError(f"{answer.url} answered {answer.status_code}. It says: {page.text[:600]}")
        return page
