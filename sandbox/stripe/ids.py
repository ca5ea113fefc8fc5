"""Makes identifiers that look like Stripe's, repeatable when a seed is given."""

from __future__ import annotations

import random
import string

_ALPHABET = string.ascii_letters + string.digits
_LENGTHS = {"cus": 14, "prod": 14, "si": 14, "prctbl": 22, "req": 14, "whsec": 32, "cs_test": 58}


class Ids:
    """Random identifiers; with a seed the same run gives the same ones."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed) if seed is not None else random.SystemRandom()  # noqa: S311

    def new(self, prefix: str) -> str:
        """A fresh identifier such as `cus_Ab12…` for the prefix `cus`."""
        return f"{prefix}_{self.letters(_LENGTHS.get(prefix, 24))}"

    def letters(self, length: int) -> str:
        """So many letters and digits, for numbers and fingerprints too."""
        return "".join(self._random.choice(_ALPHABET) for _ in range(length))
