"""The pages editors write, and the gate that decides who may read them."""
