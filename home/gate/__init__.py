"""The gate: who may read a page, and what is left of it for those who may not.

audience   what an editor can choose, and what it means for one page
features   the features an audience can ask for
"""
