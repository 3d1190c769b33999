"""Whether characters are words at all: a font without a map gives any characters for its shapes."""

import unicodedata

_LEAST = 200  # characters from which statistics tell anything
_ODD, _COMMON = 0.1, 0.05
_OFTEN = frozenset("the of and in to a is for".split())
_CHARACTERS = frozenset("的是在了和有中不为者与及其人以可对而于后这或由到上时下用一个大会多日年病治疗患性发细胞後為時這對會")


def is_nonsense(text: str) -> bool:
    """Tell whether ``text`` is what a font without a map of its characters gives."""
    words = [one for one in text if not one.isspace()]
    if not words:
        return False
    odd = sum(one == "\ufffd" or unicodedata.category(one) in ("Co", "Cn", "Cc") for one in words)
    if odd > _ODD * len(words):
        return True
    han = [one for one in words if "\u4e00" <= one <= "\u9fff"]
    if len(han) >= _LEAST:
        return sum(one in _CHARACTERS for one in han) < _COMMON * len(han)
    latin = [word.strip(".,;:()").lower() for word in text.split() if word.isascii()]
    return len(latin) >= _LEAST and len(latin) > 3 * len(han) and not _OFTEN & set(latin)
