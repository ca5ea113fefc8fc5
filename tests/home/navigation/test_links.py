"""Header and footer: what an editor fills in is what readers get, and nothing that is not published."""

import pytest
from django.test import RequestFactory
from wagtail.models import Page, Site

from home.navigation.links import site_settings
from home.navigation.models import Navigation
from home.pages.articles import ArticleIndexPage, ArticlePage
from home.pages.standard import StandardPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return Site.objects.select_related("root_page").get(is_default_site=True)


@pytest.fixture
def about(site):
    return site.root_page.add_child(instance=Page(title="About us", slug="about"))


def link(label="", page=None, url="", **extra):
    return {"label": label, "page": page.pk if page else None, "url": url, **extra}


def item(**value):
    return {"type": "item", "value": {"children": [], **value}}


def wrapped(*values):
    """A list as the editor's screen stores it."""
    return [{"type": "item", "value": value, "id": str(index)} for index, value in enumerate(values)]


def save(site, **fields):
    navigation = Navigation.for_site(site)
    for name, value in fields.items():
        setattr(navigation, name, value)
    navigation.save()


def compiled(path="/"):
    return site_settings(RequestFactory().get(path, headers={"host": "localhost"}))


def test_a_site_without_settings_has_its_name_and_nothing_else():
    settings = compiled()
    assert settings.site_name == "QuickScale"
    assert settings.navigation == settings.footer_columns == settings.social_links == ()
    assert settings.announcement is None


def test_a_link_to_a_page_prints_its_title_and_its_address(site, about):
    save(site, header=[item(**link(page=about))])
    (entry,) = compiled().navigation
    assert (entry.label, entry.url) == ("About us", "/about/")


def test_a_link_follows_its_page_when_it_moves(site, about):
    save(site, header=[item(**link(page=about))])
    about.slug = "who-we-are"
    about.save()
    assert compiled().navigation[0].url == "/who-we-are/"


def test_links_to_unpublished_pages_disappear_everywhere(site, about):
    save(
        site,
        header=[item(**link(page=about)), item(**link("Home", url="/"), children=[])],
        call_to_action=[{"type": "link", "value": link(page=about)}],
        footer=[{"type": "column", "value": {"title": "Company", "links": [link(page=about)]}}],
        legal=[{"type": "link", "value": link(page=about)}],
        announcement="We moved.",
        announcement_link=[{"type": "link", "value": link(page=about)}],
    )
    about.unpublish()
    settings = compiled()
    assert [entry.label for entry in settings.navigation] == ["Home"]
    assert settings.call_to_action is None
    assert settings.footer_columns == settings.legal_links == ()
    assert settings.announcement.link is None


def test_a_menu_opens_a_list_of_links(site, about):
    children = wrapped(link(page=about), link("Docs", url="/help/"))
    save(site, header=[item(**link("More", url="#more"), children=children)])
    (entry,) = compiled().navigation
    assert [child.label for child in entry.children] == ["About us", "Docs"]


@pytest.mark.parametrize(
    ("path", "current"), [("/about/", True), ("/about/team/", True), ("/about-face/", False), ("/", False)]
)
def test_the_entry_that_the_reader_is_in_is_marked(site, about, path, current):
    save(site, header=[item(**link(page=about))])
    assert compiled(path).navigation[0].current is current


def test_a_new_announcement_shows_again_to_who_closed_the_old_one(site):
    save(site, announcement="We moved.")
    first = compiled().announcement.key
    save(site, announcement="We moved back.")
    assert compiled().announcement.key != first


@pytest.mark.parametrize("links", [1, 6])
def test_the_number_of_queries_does_not_grow_with_the_links(site, about, links, django_assert_num_queries):
    save(
        site,
        header=[
            item(**link(page=about), children=[link(page=about) for _ in range(links)]) for _ in range(links)
        ],
        footer=[
            {"type": "column", "value": {"title": "More", "links": [link(page=about)] * links}}
            for _ in range(links)
        ],
    )
    request = RequestFactory().get("/", headers={"host": "localhost"})
    Site.find_for_request(request)
    Site.get_site_root_paths()
    with django_assert_num_queries(2):
        site_settings(request)
    with django_assert_num_queries(0):
        site_settings(request)


def test_a_link_to_a_page_that_not_everyone_reads_is_marked(site, about, django_assert_num_queries):
    front = site.root_page
    shut = StandardPage(title="Shut", slug="shut", audience="members")
    section = ArticleIndexPage(title="Section", slug="section", audience="members")
    open_one = StandardPage(title="Open", slug="open", audience="everyone")
    for page in (shut, section, open_one):
        front.add_child(instance=page)
    deep = section.add_child(instance=ArticlePage(title="Deep", slug="deep"))
    save(site, header=[item(**link(page=page)) for page in (about, shut, section, open_one)])
    assert [entry.locked for entry in compiled().navigation] == [False, True, True, False]
    with django_assert_num_queries(3):  # the site, the menus, the pages
        compiled()
    save(site, header=[item(**link(page=deep))])
    assert [entry.locked for entry in compiled().navigation] == [True]


def test_the_menu_prints_the_mark(site, client):
    page = StandardPage(title="Shut", slug="shut", audience="members")
    site.root_page.add_child(instance=page)
    save(site, header=[item(**link(page=page))])
    assert "(not open to everyone)" in client.get("/search/").content.decode()
