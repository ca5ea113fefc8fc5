"""The history of the home tables."""
