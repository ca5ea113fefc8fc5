"""What a customer sees of their credits: all of it, only theirs, at a cost that does not grow."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.credits.grants import freeze, void
from billing.credits.models import CreditEntry
from billing.credits.purchase_models import CreditPurchase, CreditSettings
from billing.credits.services import hold, spend
from billing.credits.services import reverse as give_back
from tests.factories.billing import FeatureFactory, StripeCustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/billing/credits/"


@pytest.fixture
def visitor(payer):
    client = Client()
    client.force_login(payer.user)
    return client


@pytest.fixture
def busy(payer, give):
    """A customer with a history of more than a page."""
    FeatureFactory(key="reports", name="Reports")
    give(500, expires_at=timezone.now() + timedelta(days=20))
    for number in range(30):
        spend(
            customer=payer, amount=2, key=f"report {number}", feature="reports", reference=f"Report {number}"
        )
    give_back(entry_id=spend(customer=payer, amount=5, key="x", feature="exports").entry_id, key="r")


def text(answer):
    return answer.content.decode()


def test_an_empty_account_says_what_will_appear(visitor):
    page = text(visitor.get(PAGE))
    assert "No credits yet" in page
    assert "no packs on sale" in page
    assert text(Client().get(PAGE)) == ""


def test_who_never_paid_sees_the_page_too():
    client = Client()
    client.force_login(UserFactory())
    assert "No credits yet" in text(client.get(PAGE))


def test_balance_lots_chart_and_history_are_there(visitor, busy):
    page = text(visitor.get(PAGE))
    assert "440 <span>credits to spend" in page
    assert "Granted by our team" in page
    assert "60 for Reports" in page
    assert "60 on the busiest day" in page
    assert "Reports · Report 29" in page
    assert "Older lines" in page


def test_what_is_held_owed_or_frozen_is_said(visitor, payer, give):
    lot = give(10).lot_id
    assert "A balance counts" not in text(visitor.get(PAGE))
    hold(customer=payer, amount=4, key="job")
    page = text(visitor.get(PAGE))
    assert "4 more are set aside" in page
    assert "A balance counts what was set aside then" in page
    void(lot_id=lot, key="v", owing=True)
    assert "You owe 4 credits" in text(visitor.get(PAGE))
    freeze(customer_id=payer.pk)
    assert "Your credits rest" in text(visitor.get(PAGE))


def test_what_ends_next_is_said_wherever_the_balance_is(visitor, payer, give):
    give(50)
    day = (timezone.now() + timedelta(days=9)).replace(hour=9)
    give(30, expires_at=day)
    give(10, expires_at=day.replace(hour=17))
    give(7, expires_at=day + timedelta(days=3))
    for address in (PAGE, "/billing/", "/dashboard/"):
        page = " ".join(text(visitor.get(address)).split())
        assert f"40 of these end on {day:%-d %B %Y}." in page, address
    spend(customer=payer, amount=35, key="most of what ends first")
    assert f"5 of these end on {day:%-d %B %Y}." in text(visitor.get(PAGE))


def test_where_all_of_it_ends_or_none_of_it_that_is_said(visitor, give):
    give(10)
    assert "of these end on" not in text(visitor.get("/dashboard/"))


def test_a_balance_that_ends_as_a_whole_says_so(visitor, give):
    end = timezone.now() + timedelta(days=9)
    give(10, expires_at=end)
    assert f"They end on {end:%-d %B %Y}." in text(visitor.get("/dashboard/"))


def test_what_is_owed_or_rests_is_said_on_the_dashboard(visitor, payer, give):
    assert "See your credits" not in text(visitor.get("/dashboard/"))
    void(lot_id=give(10).lot_id, key="w", owing=True)
    lot = give(4).lot_id
    spend(customer=payer, amount=4, key="x")
    void(lot_id=lot, key="v", owing=True)
    freeze(customer_id=payer.pk)
    page = text(visitor.get("/dashboard/"))
    assert "4 are owed." in page
    assert "They rest while a payment is disputed." in page


@pytest.mark.parametrize(("sent", "kept"), [
    ("/reports/order/7/", True),
    ("https://elsewhere.example/", False),
    ("//elsewhere.example/", False),
    ("///elsewhere.example/", False),
    ("/\\elsewhere.example/", False),
    ("javascript:alert(1)", False),
])  # fmt: skip
def test_who_was_sent_here_for_more_is_led_back(visitor, payer, pack, sent, kept):
    page = text(visitor.get(PAGE, {"next": sent}))
    assert ("You came here for more credits" in page) == kept
    assert (f'href="{sent}"' in page) == kept
    paid = CreditPurchase.objects.create(
        customer=payer, pack=pack, credits=100, amount=900, currency="EUR", status="paid"
    )
    bought = reverse("billing:credits_bought", args=[paid.reference])
    assert ("Go on where you were" in text(visitor.get(bought))) == kept
    visitor.get(PAGE)
    assert "Go on where you were" not in text(visitor.get(bought))


def test_older_lines_begin_where_the_page_ended(visitor, busy):
    first = visitor.get(PAGE).context["page"]
    second = visitor.get(PAGE, {"before": first.older}).context["page"]
    numbers = [line.pk for line in [*first.lines, *second.lines]]
    assert numbers == sorted(CreditEntry.objects.values_list("pk", flat=True), reverse=True)


@pytest.mark.parametrize(("asked", "count"), [
    ({"kind": "grant"}, 1),
    ({"kind": "reverse"}, 1),
    ({"feature": "exports"}, 2),
    ({"since": "2999-01-01"}, 0),
    ({"until": "2000-01-01"}, 0),
    ({"kind": "nonsense", "since": "2026-99-99", "until": "9999-12-31", "feature": "\x00"}, 25),
])  # fmt: skip
def test_filters_show_what_fits_and_nonsense_is_ignored(visitor, busy, asked, count):
    answer = visitor.get(PAGE, asked)
    assert len(answer.context["page"].lines) == count
    assert ("Nothing fits" in text(answer)) == (count == 0)


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "0"])
def test_a_page_that_does_not_exist_is_no_error(visitor, busy, before):
    assert visitor.get(PAGE, {"before": before}).status_code == 200


def test_htmx_gets_the_history_alone(visitor, busy):
    page = text(visitor.get(PAGE, headers={"HX-Request": "true", "HX-Target": "credit-history"}))
    assert "History" in page
    assert "<html" not in page


def test_a_line_explains_itself_to_its_owner_alone(visitor, busy):
    entry = CreditEntry.objects.filter(kind="spend").first()
    address = reverse("billing:credit_entry", args=[entry.pk])
    assert "what ends first is used first" in text(visitor.get(address))
    other = Client()
    other.force_login(StripeCustomerFactory().user)
    assert other.get(address).status_code == 404
    nobody = Client()
    nobody.force_login(UserFactory())
    assert nobody.get(address).status_code == 404


def test_the_csv_has_every_line_and_no_formula(visitor, payer, busy):
    spend(customer=payer, amount=1, key="f", reference="=HYPERLINK(1)")
    answer = visitor.get(reverse("billing:credits_csv"))
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == CreditEntry.objects.count()
    assert rows[-1]["about"] == "'=HYPERLINK(1)"
    assert [rows[0]["credits"], rows[-1]["balance"]] == ["500.0000", "439.0000"]


def test_the_page_costs_the_same_with_one_line_and_with_many(
    visitor, payer, give, django_assert_max_num_queries
):
    give(500)
    visitor.get(PAGE)
    with django_assert_max_num_queries(15) as few:
        visitor.get(PAGE)
    for number in range(60):
        spend(customer=payer, amount=1, key=str(number), feature=f"feature{number % 7}")
    with django_assert_max_num_queries(15) as many:
        visitor.get(PAGE)
    assert len(many) == len(few)


def test_settings_are_kept_with_their_limits(visitor, payer, pack):
    answer = visitor.post(reverse("billing:credit_settings"), {
        "tell_below": "20", "reload_on": "on", "reload_below": "50", "reload_pack": pack.pk,
        "most_per_month": "4", "most_money": "36.00",
    })  # fmt: skip
    assert answer.url == PAGE
    wanted = CreditSettings.objects.get(customer=payer)
    assert (wanted.tell_below, wanted.reload_below, wanted.most_money_per_month) == (20, 50, 3600)
    assert payer.credit_account.watch_below == 50


@pytest.mark.parametrize(("broken", "sentence"), [
    ({"reload_pack": ""}, "Choose what to buy."),
    ({"most_money": "5"}, "One purchase costs €9.00: allow at least that."),
    ({"most_money": "5.005"}, "no more than that"),
    ({"most_per_month": "0"}, "greater than or equal to 1"),
    ({"tell_below": "-1"}, "greater than or equal to 0"),
    ({"reload_below": "0"}, "No balance is below 0"),
])  # fmt: skip
def test_settings_that_make_no_sense_are_said_at_their_field(visitor, pack, broken, sentence):
    answer = visitor.post(reverse("billing:credit_settings"), {
        "reload_on": "on", "reload_below": "50", "reload_pack": pack.pk, "most_per_month": "4",
        "most_money": "36", **broken,
    })  # fmt: skip
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not CreditSettings.objects.exists()


def test_the_billing_page_says_what_is_left(visitor, give):
    assert "to spend" not in text(visitor.get("/billing/"))
    give(42)
    assert "<strong>42</strong> to spend" in text(visitor.get("/billing/"))
