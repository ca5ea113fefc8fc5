"""Publishing in the background and the nightly comparison."""

import logging

import pytest

from billing.gateway.errors import StripeUnavailable
from billing.gateway.retries import UntilStripeAnswers
from billing.publishing.models import Publication
from billing.publishing.services import publish, request_publication
from billing.publishing.tasks import look_for_drift, publish_catalog


def test_the_job_fulfils_the_wish(account, team):
    publication = request_publication()
    publish_catalog(publication.pk)
    publication.refresh_from_db()
    assert (publication.state, len(publication.changes), publication.error) == (Publication.State.DONE, 5, "")


def test_the_job_comes_back_when_stripe_is_out_of_reach_and_says_so_meanwhile(account, team):
    publication = request_publication()
    account.fail("503", times=9)
    with pytest.raises(StripeUnavailable):
        publish_catalog(publication.pk)
    publication.refresh_from_db()
    assert publication.state == Publication.State.FAILED
    assert isinstance(publish_catalog.retry_strategy, UntilStripeAnswers)


def test_every_night_what_differs_is_noticed(account, team, caplog):
    publish(publication=request_publication())
    look_for_drift(0)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    account.client().v1.products.update("quickscale-team", {"name": "Tean"})
    look_for_drift(0)
    assert "differ (1 times)" in caplog.text
    team.refresh_from_db()
    assert "“Tean” in Stripe" in team.stripe_differences[0]


def test_a_night_without_stripe_is_a_line_in_the_log(account, team, caplog):
    account.fail("timeout", times=9)
    look_for_drift(0)
    assert "not compared with Stripe: Stripe cannot be reached." in caplog.text
