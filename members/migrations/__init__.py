"""The history of the members tables."""
