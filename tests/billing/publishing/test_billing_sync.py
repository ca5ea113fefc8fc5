"""The command: one line per change, one sentence per trouble."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing.gateway.errors import KeyRefused, StripeRefused
from billing.publishing.models import Publication
from billing.publishing.words import in_words


def sync(*options: str) -> str:
    out = StringIO()
    call_command("billing_sync", *options, stdout=out)
    return out.getvalue()


def test_it_says_every_change_and_then_that_nothing_is_left(account, team):
    first = sync()
    assert "team             create price    Create the price €19.00 per month." in first
    assert "Published: 5 done." in first
    assert sync() == "Stripe is in step with the catalog: nothing to do.\n"


def test_a_dry_run_says_the_same_and_does_nothing(account, team):
    assert "5 to do. Run billing_sync without --dry-run to do it." in sync("--dry-run")
    assert account.find("product") == []
    assert not Publication.objects.exists()


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_no_key_is_one_sentence(account, team, settings, options):
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(CommandError, match=r"^No Stripe key is set. Set STRIPE_SECRET_KEY"):
        sync(*options)


def test_stripe_out_of_reach_is_one_sentence(account, team):
    account.fail("timeout", times=9)
    with pytest.raises(CommandError, match=r"^Stripe cannot be reached. What is done stays done"):
        sync()


def test_a_refused_change_names_the_request_to_look_up():
    assert "Look up request req_1 in its dashboard" in in_words(StripeRefused(request_id="req_1"))
    assert "Check STRIPE_SECRET_KEY" in in_words(KeyRefused(request_id="req_1"))


def test_the_wrong_mode_is_one_sentence(account, team):
    Publication.objects.create(is_live_mode=True, state=Publication.State.DONE)
    with pytest.raises(CommandError, match=r"billing_sync --switch-mode if you mean it"):
        sync()
    assert "Published" in sync("--switch-mode")
