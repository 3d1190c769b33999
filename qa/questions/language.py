"""Which language a question is asked in, and which one it is answered in."""

import re
from typing import Literal

from corpus.matching import HAN

Language = Literal["zh", "en", "mixed", "other"]
InterfaceLanguage = Literal["zh", "en"]

_HAN = re.compile(f"[{HAN}]")
_FOREIGN = re.compile(r"[\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]|[A-Za-z]")


def detect_language(question: str) -> Language:
    """Return the language of ``question``.

    Abbreviations (``MSC``, ``hUC-MSCs``, ``NfL``) don't make a Chinese question mixed, since Chinese texts use them too;
    ordinary English words do. A question of another script, or with no letters at all, is ``other``.
    """
    han = len(_HAN.findall(question))
    words = _LATIN_WORD.findall(question)
    foreign = len(_FOREIGN.findall(question))
    if foreign > han + sum(map(len, words)) or (foreign and foreign * 4 > han):
        return "other"
    if han:
        return "mixed" if any(_is_plain_word(word) for word in words) else "zh"
    return "en" if words else "other"


def answer_language(question: str, language: Language) -> InterfaceLanguage:
    """Return the language to speak to the asker in: the one that most of the question is written in."""
    if language == "mixed":
        return "zh" if len(_HAN.findall(question)) >= len(_LATIN_WORD.findall(question)) else "en"
    return "en" if language == "en" else "zh"


def _is_plain_word(word: str) -> bool:
    """Tell an English word from an abbreviation: small letters after the first one, and at least three of them."""
    return len(word) >= 3 and word[1:].replace("-", "").replace("'", "").replace("’", "").islower()
