"""Tests of billing.customers."""
