"""Grants in Wagtail's admin, and the switch of each feature."""
