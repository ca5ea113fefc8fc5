"""Tests of billing.checkout."""
