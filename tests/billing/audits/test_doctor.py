"""The doctor says in sentences what is wrong, and what to do about it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing.audits.setup import check_keys, check_site_address, check_storage
from billing.audits.stripe_checks import check_account, check_catalog, check_endpoint, check_inbox
from billing.gateway.client import connection
from billing.publishing.services import publish, request_publication
from billing.webhooks.endpoint import ensure_endpoint
from tests.factories.billing import InboxEventFactory, PlanVersionFactory, PriceFactory

pytestmark = pytest.mark.django_db


def key(kind, mode):
    """A key in the shape of Stripe's; made here, so that no file holds one."""
    return "_".join((kind, mode, "0" * 24))


def told(check):
    return [(finding.ok, finding.sentence) for finding in check()]


def only(check):
    [(ok, sentence)] = told(check)
    return ok, sentence


def test_a_pair_of_test_keys_is_good():
    assert only(check_keys) == (True, "Both keys are there, for test mode.")


def test_missing_and_misshapen_keys_are_named(settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = "", "nonsense"
    named = [sentence.split()[0] for ok, sentence in told(check_keys) if not ok]
    assert named == ["STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY"]


def test_keys_of_two_modes_are_no_pair(settings):
    settings.STRIPE_PUBLISHABLE_KEY = key("pk", "live")
    said = "One key is for test mode, the other for live: take a pair of one mode."
    assert only(check_keys) == (False, said)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [("DEBUG", True, "Turn DEBUG off"), ("STRIPE_API_BASE", "http://127.0.0.1:1", "Unset it")],
)
def test_live_keys_go_with_nothing_of_a_laptop(settings, setting, value, words):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = key("sk", "live"), key("pk", "live")
    assert only(check_keys)[0]
    setattr(settings, setting, value)
    ok, sentence = only(check_keys)
    assert not ok
    assert words in sentence


def test_stripe_answers(stripe):
    ok, sentence = only(check_account)
    assert ok
    assert "API version 2026-08-26.dahlia" in sentence


@pytest.mark.parametrize("check", [check_account, check_endpoint, check_catalog])
def test_a_silent_stripe_is_said_by_everyone_who_asks_it(stripe, check):
    PriceFactory()
    stripe.fail("503", times=3)
    ok, sentence = only(check)
    assert not ok
    assert "StripeUnavailable" in sentence


def test_a_refused_key_is_said(stripe, settings):
    settings.STRIPE_SECRET_KEY = ""
    connection.close()
    ok, sentence = only(check_account)
    assert (ok, sentence.split(":")[0]) == (False, "Stripe refuses our secret key")


def test_the_endpoint_is_examined(stripe):
    ok, sentence = only(check_endpoint)
    assert not ok
    assert sentence.endswith("Run billing_doctor --fix.")
    row = ensure_endpoint()
    assert only(check_endpoint) == (True, f"Stripe sends its events to {row.url}.")


def test_a_catalog_that_stripe_does_not_know_is_said(stripe):
    PriceFactory(version=PlanVersionFactory(plan__key="cutter", plan__name="Cutter"))
    sentences = [sentence for ok, sentence in told(check_catalog) if not ok]
    assert sentences
    assert all("billing_sync" in sentence for sentence in sentences)
    publish(publication=request_publication())
    assert only(check_catalog) == (True, "Stripe has the same plans and prices as the catalog.")


def test_events_that_wait_or_were_parked_are_counted():
    assert only(check_inbox) == (True, "No event waits.")
    late = InboxEventFactory()
    InboxEventFactory(state="failed")
    type(late).objects.filter(pk=late.pk).update(received_at=timezone.now() - timedelta(minutes=6))
    waiting, parked = told(check_inbox)
    assert waiting == (False, "1 events wait for more than five minutes: is a worker running?")
    assert parked == (False, "1 events were parked after failing too often: look at them in the admin.")


def test_an_address_that_django_would_refuse_is_said(settings):
    assert only(check_site_address)[0]
    settings.SITE_URL = "https://elsewhere.example"
    assert only(check_site_address)[1].startswith("SITE_URL names elsewhere.example")


def test_live_events_need_https(settings):
    settings.STRIPE_LIVE_MODE = True
    assert "https addresses only" in only(check_site_address)[1]


def on_disk(folder):
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder},
    }


def test_storages_are_written_and_read_and_left_clean(settings, tmp_path):
    folders = {name: on_disk(tmp_path / name) for name in ("default", "private")}
    settings.STORAGES = {**settings.STORAGES, **folders}
    assert [ok for ok, _ in told(check_storage)] == [True, True]
    assert list((tmp_path / "private").iterdir()) == []


def test_a_storage_that_forgets_is_said(settings, tmp_path):
    forgetful = {"BACKEND": "tests.billing.audits.forgetful.ForgetfulStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": on_disk(tmp_path), "private": forgetful}
    said = "The private storage does not work: OSError: it gave back something else than was stored"
    assert told(check_storage)[1] == (False, said)


def test_the_command_fixes_and_passes(stripe, capsys):
    call_command("billing_doctor", "--fix")
    printed = capsys.readouterr().out
    assert "Stripe sends its events to" in printed
    assert "bad" not in printed


def test_the_command_fails_with_a_count(stripe, capsys):
    with pytest.raises(CommandError, match="1 of 10 findings need"):
        call_command("billing_doctor")
    assert "bad Stripe has no webhook endpoint" in capsys.readouterr().out


def test_a_fix_that_stripe_refuses_is_said(stripe):
    stripe.fail("503", times=3)
    with pytest.raises(CommandError, match="could not be put right"):
        call_command("billing_doctor", "--fix")
