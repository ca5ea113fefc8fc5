"""Tests of billing.publishing."""
