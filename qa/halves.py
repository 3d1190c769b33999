"""Which half of a set of questions a fact belongs to: what is tuned on one half is measured on the other."""

import hashlib
from typing import Literal

Half = Literal["development", "testing"]


def half_of(fact: str) -> Half:
    """Return the half of every question on ``fact``, the part of a question's id before its ``/``.

    The first byte of the SHA-256 of the fact's name decides: even is development, odd is testing. So a new question on
    a known fact falls where the fact's others are, in whatever language it is asked.
    """
    return "testing" if hashlib.sha256(fact.encode()).digest()[0] % 2 else "development"
