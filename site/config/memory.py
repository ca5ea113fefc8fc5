"""Keeps what a server's start made out of the garbage collector's way."""

import gc


def settle_memory() -> None:
    """Call it once everything is loaded: no later collection looks at what lives as long as the process.

    Wagtail and Django are some hundred thousand objects, and looking at all of them takes milliseconds, which
    would fall on whatever request happens to be there.
    """
    gc.collect()
    gc.freeze()
