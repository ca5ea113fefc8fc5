"""Stripe's events: verified by dj-stripe, kept in an inbox, answered by one reconcile."""
