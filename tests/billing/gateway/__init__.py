"""Tests of billing.gateway."""
