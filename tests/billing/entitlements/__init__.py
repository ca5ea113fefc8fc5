"""Tests of billing.entitlements."""
