"""Tests of billing.subscriptions."""
