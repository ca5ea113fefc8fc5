"""The template tags of billing."""
