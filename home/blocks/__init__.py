"""The blocks pages are made of.

text, media, marketing, guidance, plans, gated   the blocks, by what they are for
streams                                          which blocks each type of page offers
"""
