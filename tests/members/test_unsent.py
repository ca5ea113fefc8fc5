"""What was typed into a form that was sent after the session waits for its writer, and for nobody else."""

import re
import time
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from billing.catalog.packs import CreditPack
from billing.checkout.leaving_settings import LeavingSettings
from billing.credits.purchase_models import CreditSettings
from billing.customers.models import StripeCustomer
from billing.notices.models import NoticeChoice
from billing.subscriptions.models import Subscription
from members import unsent
from members.models import CustomUser
from tests.factories.billing import PlanVersionFactory, SubscriptionFactory
from tests.factories.members import PersonFactory, sign_in

pytestmark = pytest.mark.django_db

CANCEL, SETTINGS = "/billing/cancel/", "/billing/settings/"
PROFILE, NOTICES = "/dashboard/settings/", "/dashboard/settings/notices/"
STILL_HERE = "What you typed is still here"


@pytest.fixture
def person() -> CustomUser:
    """Somebody with a plan."""
    user: CustomUser = PersonFactory()
    SubscriptionFactory(customer__user=user, version=PlanVersionFactory())
    return user


def words_of(client: Client, page: str) -> str:
    return unescape(client.get(page).content.decode())


def hidden_in(client: Client, page: str) -> str:
    """The hidden field of the page's form."""
    found = re.search(r'name="typed_by" value="([^"]+)"', words_of(client, page))
    assert found
    return found[1]


def ticked(page: str) -> list[str]:
    """The names of the boxes that have a tick."""
    return [name for name, tick in re.findall(r'checkbox"\s+name="([^"]+)"[^>]*?(checked)?>', page) if tick]


def send_too_late(client: Client, page: str, *, action: str = "", **typed: str) -> None:
    """Open the page, lose the session, and send its form."""
    sealed = hidden_in(client, page)
    Session.objects.all().delete()
    headers = {"Referer": f"http://testserver{page}?from=here"}
    answer = client.post(action or page, {"typed_by": sealed, **typed}, headers=headers)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_the_reason_for_leaving_is_there_again_and_nothing_was_sent(client: Client, person) -> None:
    LeavingSettings.objects.update_or_create(pk=1, defaults={"may_end_at_once": True})
    sign_in(client, person)
    send_too_late(client, CANCEL, comment='Too <b>"dear"</b>', when="now")
    assert "with what you typed" in words_of(client, "/accounts/login/")

    sign_in(client, person)
    page = client.get(CANCEL).content.decode()
    assert "Too &lt;b&gt;&quot;dear&quot;&lt;/b&gt;</textarea>" in page
    assert re.search(r'value="now"[^>]*checked', page)
    assert STILL_HERE in page
    assert Subscription.objects.get().cancel_at is None


def test_it_is_given_back_once(client: Client, person) -> None:
    sign_in(client, person)
    send_too_late(client, CANCEL, comment="Too dear")
    sign_in(client, person)
    assert "Too dear" in words_of(client, CANCEL)
    again = words_of(client, CANCEL)
    assert "Too dear" not in again
    assert STILL_HERE not in again


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        (SETTINGS, {"name": "Ada Ltd", "city": "Hull", "email": "", "currency": "EUR"}),
        (f"{SETTINGS}tax-ids/", {"tax-kind": "eu_vat", "tax-value": "DE123456789"}),
    ],
)
def test_each_form_of_a_page_gets_its_own_fields_back(client: Client, person, action, typed) -> None:
    sign_in(client, person)
    send_too_late(client, SETTINGS, action=action, **typed)
    sign_in(client, person)
    page = words_of(client, SETTINGS)
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in page
    assert page.count(STILL_HERE) == 1
    assert (f'value="{person.email}"' in page) == ("name" not in typed)


def test_what_was_switched_off_comes_back_switched_off(client: Client, person) -> None:
    sign_in(client, person)
    pack = CreditPack.objects.create(key="small", name="100 credits", credits=100, amount=900)
    customer = StripeCustomer.objects.get()
    CreditSettings.objects.create(customer=customer, tell_below=5, reload_on=True, reload_pack=pack)
    page = "/billing/credits/settings/"
    assert re.search(r'name="reload_on"[^>]*checked', words_of(client, page))
    send_too_late(client, page, tell_below="7", most_money="60")
    sign_in(client, person)
    seen = words_of(client, page)
    assert 'name="tell_below" value="7"' in seen
    assert not re.search(r'name="reload_on"[^>]*checked', seen)


def test_the_names_of_a_profile_are_there_again_and_the_picture_is_asked_for_anew(client, person) -> None:
    sign_in(client, person)
    send_too_late(client, PROFILE, first_name="Ada", last_name="King")
    sign_in(client, person)
    page = words_of(client, PROFILE)
    for words in ('value="Ada"', 'value="King"', STILL_HERE, "A file has to be chosen anew."):
        assert words in page
    person.refresh_from_db()
    assert person.first_name != "Ada"


@pytest.mark.parametrize("kept", ["mail-welcome", "site-receipt", ""])
def test_boxes_that_were_ticked_or_cleared_are_so_again(client: Client, person, kept: str) -> None:
    sign_in(client, person)
    stored = ticked(words_of(client, NOTICES))
    ticks = {kept: "on"} if kept else {}
    send_too_late(client, NOTICES, boxes="yes", **ticks)
    sign_in(client, person)
    page = words_of(client, NOTICES)
    assert ticked(page) == list(ticks)
    assert page.count(STILL_HERE) == 1
    assert ticked(words_of(client, NOTICES)) == stored
    assert not NoticeChoice.objects.exists()


def test_another_account_reads_none_of_it_nor_does_its_writer_after_that(client: Client, person) -> None:
    sign_in(client, person)
    send_too_late(client, SETTINGS, name="Ada Ltd")
    sign_in(client, PersonFactory())
    assert unsent._KEPT not in client.session
    assert "Ada Ltd" not in words_of(client, SETTINGS)
    client.post("/accounts/logout/")
    sign_in(client, person)
    assert "Ada Ltd" not in words_of(client, SETTINGS)


def test_words_that_lie_in_the_session_of_another_account_are_dropped_unread(client: Client, person) -> None:
    sign_in(client, PersonFactory())
    session = client.session
    until = time.time() + unsent.SECONDS
    session[unsent._KEPT] = {
        "person": person.pk,
        "page": SETTINGS,
        "typed": {"name": "Ada Ltd"},
        "until": until,
    }
    session.save()
    assert "Ada Ltd" not in words_of(client, SETTINGS)
    assert unsent._KEPT not in client.session


def test_it_waits_for_half_an_hour(client: Client, person, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(client, person)
    send_too_late(client, SETTINGS, name="Ada Ltd")
    sign_in(client, person)
    later = time.time() + unsent.SECONDS + 1
    monkeypatch.setattr(unsent.time, "time", lambda: later)
    assert "Ada Ltd" not in words_of(client, SETTINGS)


@pytest.mark.parametrize("sealed", ["", "1", "1:x:y", None])
def test_a_form_that_names_nobody_is_not_kept(client: Client, person, sealed: str | None) -> None:
    data = {"comment": "Too dear"} if sealed is None else {"comment": "Too dear", "typed_by": sealed}
    client.post(CANCEL, data)
    assert unsent._KEPT not in client.session
    assert "with what you typed" not in words_of(client, "/accounts/login/")


def test_secrets_and_floods_are_not_kept(client: Client, person) -> None:
    typed_by = unsent.seal(person.pk)
    secrets = {"csrfmiddlewaretoken": "x" * 64, "new_password1": "hush", "client_secret": "hush"}
    client.post(CANCEL, {"typed_by": typed_by, "comment": "Too dear", **secrets})
    assert client.session[unsent._KEPT]["typed"] == {"comment": "Too dear"}
    client.post(CANCEL, {"typed_by": typed_by, "comment": "x" * (unsent.LARGEST + 1)})
    assert client.session[unsent._KEPT]["typed"] == {"comment": "Too dear"}
