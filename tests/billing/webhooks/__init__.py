"""Tests of billing.webhooks."""
