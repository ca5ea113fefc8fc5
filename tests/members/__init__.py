"""Proves what members promises."""
