"""Admins see everything and edit nothing: a correction is a new entry, with its reason, once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from billing.credits.costs import CreditCost
from billing.credits.grants import freeze, void
from billing.credits.models import CreditEntry, CreditLot
from billing.credits.queries import balance
from billing.credits.services import hold, spend
from billing.credits.services import reverse as give_back
from tests.billing.admin.conftest import signed_in
from tests.factories.billing import FeatureFactory, UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "6f1b2c4e-7a44-4f0e-9c56-3f2f6f1c9b10"


@pytest.fixture
def staff(db):
    return signed_in("Billing admins")


@pytest.fixture
def editor(db):
    return signed_in("Editors")


def adjust(staff, payer, **told):
    address = reverse("billing_credits_adjust", args=[payer.pk])
    return staff.post(address, {"action": "give", "amount": "5", "reason": "Sorry", "number": NUMBER, **told})


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("name", ["accounts", "lots", "entries", "purchases", "costs"])
def test_the_lists_open_empty_and_full(staff, payer, give, pack, name):
    address = reverse(f"billing_credit-{name}_modeladmin_index")
    assert staff.get(address).status_code == 200
    give(5)
    spend(customer=payer, amount=1, key="k", feature="reports")
    freeze(customer_id=payer.pk)
    assert staff.get(address).status_code == 200
    assert staff.get(address, {"export": "csv"}).status_code == 200


def test_an_entry_shows_what_it_moved_and_nobody_edits_it(staff, payer, give):
    give(5, source_ref="lot-1")
    entry = spend(customer=payer, amount=1, key="k").entry_id
    assert "of admin lot-1" in text(staff.get(f"/admin/billing/credit-entries/inspect/{entry}/"))
    assert staff.get(f"/admin/billing/credit-entries/edit/{entry}/").status_code in (302, 404)


def test_giving_twice_by_a_double_click_gives_once(staff, payer):
    for _ in range(2):
        assert adjust(staff, payer).status_code == 302
    assert balance(payer).available == 5
    entry = CreditEntry.objects.get()
    assert (entry.reason, entry.by.groups.get().name) == ("Sorry", "Billing admins")


def test_taking_back_more_than_there_is_is_refused_at_the_field(staff, payer, give):
    give(3)
    answer = adjust(staff, payer, action="take")
    assert answer.status_code == 422
    assert "Only 3 credits can be taken back." in text(answer)
    assert adjust(staff, payer, action="take", amount="3").status_code == 302
    assert balance(payer).available == 0


@pytest.mark.parametrize(
    "broken", [{"reason": ""}, {"amount": "0"}, {"amount": "1.00001"}, {"expires_at": "2000-01-01"}]
)
def test_a_correction_without_reason_or_sense_is_refused(staff, payer, broken):
    assert adjust(staff, payer, **broken).status_code == 422
    assert not CreditLot.objects.exists()


def test_a_spend_is_given_back_with_a_reason(staff, payer, give):
    give(5)
    entry = spend(customer=payer, amount=2, key="k").entry_id
    address = reverse("billing_credits_give_back", args=[entry])
    assert staff.get(address).status_code == 200
    for _ in range(2):
        assert staff.post(address, {"reason": "It failed", "number": NUMBER}).status_code == 302
    assert balance(payer).available == 5
    again = staff.post(address, {"reason": "It failed", "number": NUMBER.replace("6", "7")})
    assert again.status_code == 422
    assert "All of it was given back before." in text(again)
    assert "All of it was given back before." in text(staff.get(address, follow=True))
    assert staff.get(reverse("billing_credits_give_back", args=[987_654])).status_code == 404


def test_of_a_spend_that_came_back_in_part_the_rest_is_given_back_and_named(staff, payer, give):
    give(5)
    entry = spend(customer=payer, amount=5, key="k").entry_id
    give_back(entry_id=entry, amount=2, key="r")
    address = reverse("billing_credits_give_back", args=[entry])
    answer = staff.post(address, {"reason": "It failed", "number": NUMBER}, follow=True)
    assert f"{payer.user.email} has 3 credits back." in text(answer)


def test_what_is_inspected_reads_as_in_the_lists(staff, payer, give):
    lot = give(3000).lot_id
    entry = spend(customer=payer, amount=3000, key="k").entry_id
    assert "<dd>0</dd>" in "".join(text(staff.get(f"/admin/billing/credit-lots/inspect/{lot}/")).split())
    page = text(staff.get(f"/admin/billing/credit-entries/inspect/{entry}/"))
    assert "-3,000" in page
    assert "3000.0000" not in page


def upload(staff, content, **more):
    file = SimpleUploadedFile("grants.csv", content if isinstance(content, bytes) else content.encode())
    return staff.post(reverse("billing_credits_bulk"), {"file": file, **more})


def confirm(staff, preview):
    return staff.post(reverse("billing_credits_bulk"), {"content": preview.context["content"], "grant": "1"})


def test_a_file_is_shown_first_then_granted_once(staff):
    ada, bob = UserFactory(email="ada@example.com"), UserFactory(email="bob@example.com")
    day = (timezone.now() + timedelta(days=30)).date()
    content = (
        "email;credits;reason;reference;until\n"
        f"Ada@example.com;10;Beta tester;beta-1;{day}\n"
        "bob@example.com;2,5;Beta tester;beta-2;\n"
        "nobody@example.com;5;Beta tester;beta-3;\n"
        "bob@example.com;5;;beta-1;nonsense\n"
    )
    preview = upload(staff, content)
    assert "1 of 4 lines can be granted" in text(preview)
    for sentence in (
        " 2,5\n",
        "is no amount of credits",
        "Nobody here has this",
        "same reference",
        "is no date",
        "A reason of",
    ):
        assert sentence in text(preview)
    assert not CreditLot.objects.exists()
    for _ in range(2):
        confirm(staff, preview)
    assert (balance(ada).available, balance(bob).available) == (10, 0)
    again = upload(staff, content.replace("2,5", "2.5"))
    assert "Granted before: nothing happens" in text(again)
    confirm(staff, again)
    bob = type(bob).objects.get(pk=bob.pk)
    assert balance(bob).available == Decimal("2.5")


@pytest.mark.parametrize(("content", "sentence"), [
    (b"\xff\xfe\x00", "no UTF-8"),
    ("mail,credits\n", "email, reason, reference is missing"),
    ("", "empty"),
    ("email,credits,reason,reference\n" + "a@example.com,1,r,x\n" * 5001, "more than 5000 lines"),
    ("x" * 2_000_001, "larger than 2 MB"),
])  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(staff, content, sentence):
    answer = upload(staff, content)
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_a_reference_that_gave_something_else_is_an_error(staff):
    UserFactory(email="ada@example.com")
    confirm(staff, upload(staff, "email,credits,reason,reference\nada@example.com,10,r,x\n"))
    assert "gave other credits before" in text(
        upload(staff, "email,credits,reason,reference\nada@example.com,11,r,x\n")
    )


def test_monitoring_says_what_is_outstanding_and_what_is_odd(
    staff, payer, give, django_assert_max_num_queries
):
    lot = give(300, expires_at=timezone.now() + timedelta(days=3)).lot_id
    spend(customer=payer, amount=100, key="k")
    hold(customer=payer, amount=50, key="h")
    void(lot_id=lot, key="v", owing=True)
    with django_assert_max_num_queries(30):
        page = text(staff.get(reverse("billing_credits_monitor")))
    assert "0 credits in 1 account, 50 more are held" in page
    assert "Owes 150 credits." in page
    assert "Not audited yet" in page


def test_a_cost_that_has_begun_stays_and_the_next_one_follows(staff):
    feature = FeatureFactory(key="reports")
    now = timezone.now()
    begun = CreditCost.objects.create(
        feature=feature, unit="report", amount=2, effective_from=now - timedelta(days=1)
    )
    address = reverse("billing_credit-costs_modeladmin_create")
    told = {"feature": feature.pk, "unit": "report", "amount": "3"}
    past = staff.post(address, {**told, "effective_from": "2020-01-01 00:00"})
    assert "cannot begin in the past" in text(past)
    staff.post(address, {**told, "effective_from": (now + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")})
    assert CreditCost.objects.count() == 2
    assert staff.get(f"/admin/billing/credit-costs/edit/{begun.pk}/").status_code == 302


def test_editors_have_no_business_here(editor, payer):
    for name, arguments in (
        ("billing_credits_monitor", []), ("billing_credits_bulk", []), ("billing_credits_adjust", [payer.pk]),
        ("billing_credit-entries_modeladmin_index", []),
    ):  # fmt: skip
        assert editor.get(reverse(name, args=arguments)).status_code == 302
