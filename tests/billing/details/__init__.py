"""Tests of billing.details."""
