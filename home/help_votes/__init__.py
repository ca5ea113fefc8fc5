"""Readers say whether a help page helped; editors see which page does not.

``models``    one vote per reader and page
``services``  casts it
``voters``    tells readers apart without knowing them
"""
