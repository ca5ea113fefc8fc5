"""Tests of billing.audits."""
