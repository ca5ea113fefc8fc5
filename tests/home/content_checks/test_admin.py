"""Editors meet the checks where they work: when they publish, in the panel, in a report."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.admin.userbar import AddPageItem, ContentCheckerItem

from home.content_checks.checker import SiteContentChecker, use_site_checker
from home.content_checks.findings import NO_DIVIDER
from home.gate.audience import Audience
from home.help_votes.services import cast_vote
from members.models import CustomUser
from tests.factories.home import ArticlePageFactory, HelpPageFactory, stream

pytestmark = pytest.mark.django_db
TEXT = stream(("text", "<p>Words</p>"))


@pytest.fixture
def editor(client):
    user = CustomUser.objects.create_user(email="editor@example.com")
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return client


@pytest.fixture
def shut():
    return ArticlePageFactory(title="Shut at once", audience=Audience.MEMBERS, body=TEXT)


def test_publishing_tells_what_was_found_and_publishes_all_the_same(editor, shut):
    form = editor.get(reverse("wagtailadmin_pages:edit", args=[shut.pk])).context["form"]
    data = {f"body-{key}": value for key, value in (("count", "1"), ("0-deleted", ""), ("0-order", "0"))}
    data |= {"body-0-type": "text", "body-0-id": "", "body-0-value": TEXT_AS_DRAFTAIL}
    data |= {name: form[name].value() or "" for name in ("title", "slug", "summary", "audience", "date")}
    response = editor.post(
        reverse("wagtailadmin_pages:edit", args=[shut.pk]),
        {**data, "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "action-publish": "1"},
        follow=True,
    )
    told = [str(message) for message in response.context["messages"]]
    assert any(NO_DIVIDER in message for message in told)
    shut.refresh_from_db()
    assert not shut.has_unpublished_changes


TEXT_AS_DRAFTAIL = (
    '{"blocks": [{"key": "a", "text": "Words", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], '
    '"entityRanges": []}], "entityMap": {}}'
)


def test_the_report_lists_pages_with_findings_and_no_others(editor, shut):
    ArticlePageFactory(title="In order", body=TEXT)
    content = editor.get(reverse("content_checks_report")).content.decode()
    assert "Shut at once" in content
    assert "nothing shows before the paywall" in content
    assert "In order" not in content


def test_the_report_can_be_taken_away_as_a_table(editor, shut):
    response = editor.get(reverse("content_checks_report"), {"export": "csv"})
    assert "nothing shows before the paywall" in b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("name", ["content_checks_report", "help_votes_report"])
def test_who_edits_no_pages_sees_no_report(client, name):
    user = CustomUser.objects.create_user(email="billing@example.com")
    user.groups.add(Group.objects.get(name="Billing admins"))
    client.force_login(user)
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("number", [1, 8])
def test_the_report_s_queries_do_not_grow_with_the_pages(editor, number, django_assert_max_num_queries):
    ArticlePageFactory.create_batch(number, audience=Audience.MEMBERS, body=TEXT)
    editor.get(reverse("content_checks_report"))
    with django_assert_max_num_queries(35):
        editor.get(reverse("content_checks_report"))


def test_the_least_helpful_help_page_comes_first(editor):
    good, bad = HelpPageFactory(title="Good answer"), HelpPageFactory(title="Bad answer")
    HelpPageFactory(title="Unread answer")
    cast_vote(page=good, voter="a", is_helpful=True)
    cast_vote(page=bad, voter="a", is_helpful=False)
    cast_vote(page=bad, voter="b", is_helpful=False)
    content = editor.get(reverse("help_votes_report")).content.decode()
    assert content.index("Bad answer") < content.index("Good answer")
    assert "Unread answer" not in content


def test_the_checks_panel_uses_the_site_s_rules(rf):
    items = [AddPageItem.__new__(AddPageItem), ContentCheckerItem(in_editor=True)]
    use_site_checker(rf.get("/"), items)
    assert isinstance(items[1], SiteContentChecker)
    assert items[1].in_editor
    configuration = items[1].get_axe_configuration(rf.get("/"))
    assert "image-alt" in configuration["options"]["runOnly"]
    assert configuration["context"]["include"] == ["main"]
