"""The history of the files tables."""
