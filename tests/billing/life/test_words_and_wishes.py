"""What an admin writes is what customers read, and what customers wish for is what happens."""

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import BrowserContext, Page, expect

from billing.api import use
from billing.checkout.methods import LAST_ONE
from billing.checkout.models import Departure
from billing.notices.models import NoticeWording
from members.roles import BILLING_ADMINS
from tests.billing.life.moments import books_of, has_two_cards, sell_all, somebody
from tests.billing.life.running import Running
from tests.billing.life.screens import has_schooner, way_out
from tests.billing.life.steps import shows
from tests.factories.members import person_in

pytestmark = pytest.mark.django_db(transaction=True)

LEAVING, WORDING = "/admin/settings/billing/leavingsettings/", "/admin/billing/wording/"
CHOICES = "/dashboard/settings/notices/"


def test_what_an_admin_writes_meets_who_leaves_on_the_page_and_in_the_mail(
    running: Running, sell: Any, context: BrowserContext
) -> None:
    sell_all(running, sell)
    page = somebody(running, context, person_in(BILLING_ADMINS)).page
    ask_and_offer(page)
    write_the_mail(page)

    person = somebody(running, context)
    has_schooner(person)
    use(person.user, "seats", quantity=5, key="five")
    shows(page, "/billing/change/skiff/", "You use more than the new plan gives")
    shows(page, "/billing/cancel/", "Before you go", "Half the price for three months.")
    page.get_by_label("Too far from the sea").check()
    page.get_by_label("What could we have done better?").fill("A harbour")
    page.get_by_role("button", name="Cancel the plan").click()
    expect(page).to_have_url(f"{running.address}/billing/")
    running.settle()
    told = Departure.objects.get()
    assert (told.reason, told.comment) == ("Too far from the sea", "A harbour")
    assert [sent.subject for sent in mail.outbox if sent.to == [person.user.email]][
        -1
    ] == "Farewell, Schooner"


def ask_and_offer(page: Page) -> None:
    """Reasons to choose from, and an offer."""
    page.goto(LEAVING)
    page.locator("[name=reasons]").fill("Too far from the sea\nAnother reason")
    page.locator("[name=offer_title]").fill("Before you go")
    page.locator("[name=offer_text]").fill("Half the price for three months.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("Leaving and coming back.*updated"))).to_be_visible()


def write_the_mail(page: Page) -> None:
    """Looked at while it is written, saved, and sent to whoever wrote it."""
    wording = NoticeWording.objects.get(topic="cancelled")
    page.goto(f"{WORDING}edit/{wording.pk}/")
    page.locator("[name=subject]").fill("Farewell, {plan}")
    preview = page.frame_locator("iframe[title='The mail as it will look']")
    expect(preview.get_by_role("heading", name="Farewell, Cutter")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{WORDING}test/{wording.pk}/")
    page.get_by_role("button", name="Send me the test").click()
    expect(page.get_by_text("The test is on its way to")).to_be_visible()
    assert mail.outbox[-1].subject == "Farewell, Cutter"


def test_cards_go_but_the_last_one_and_mails_come_as_they_are_wished_for(
    running: Running, sell: Any, context: BrowserContext
) -> None:
    sell_all(running, sell)
    person = somebody(running, context)
    has_two_cards(person)
    page = person.page
    remove_a_card_and_keep_the_last(page)
    choose_what_is_mailed(page)
    page.goto(way_out(person))
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("heading", name="You get no more of these mails")).to_be_visible()
    page.goto(CHOICES)
    expect(page.get_by_label("Welcome to a plan: by mail")).not_to_be_checked()
    assert books_of(person).card == "4242"


def remove_a_card_and_keep_the_last(page: Page) -> None:
    """A live plan needs one."""
    page.goto("/billing/methods/")
    cards = page.locator("main .qs-list__item")
    page.get_by_role("button", name=re.compile("Remove.*4444")).click()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name=re.compile("Remove.*4242")).click()
    expect(page.get_by_text(LAST_ONE)).to_be_visible()
    expect(cards).to_have_count(1)


def choose_what_is_mailed(page: Page) -> None:
    """Each topic and channel by itself; what is about money stays."""
    page.goto(CHOICES)
    expect(page.get_by_label("Receipts: by mail")).to_have_count(0)
    page.get_by_label("A card that expires before the next payment: by mail").uncheck()
    page.get_by_label("Receipts: on the site").uncheck()
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.goto(CHOICES)
    expect(page.get_by_label("A card that expires before the next payment: by mail")).not_to_be_checked()
    expect(page.get_by_label("Receipts: on the site")).not_to_be_checked()
    expect(page.get_by_label("Welcome to a plan: by mail")).to_be_checked()
