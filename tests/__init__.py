"""The proof: the tree mirrors the code."""
