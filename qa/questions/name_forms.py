"""Names of diseases and drugs that the term base doesn't have, told by their form: 鼻窦炎, 丛集性头痛, narcolepsy."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.model import Span

FILE = Path(__file__).with_suffix(".toml")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MODIFIES = "性"  # 丛集性头痛
_MOST_PARTS = 3


@dataclass(frozen=True, slots=True)
class NameForm:
    """A form of names: a word of at least ``shortest`` characters in which ``pattern`` is found."""

    shortest: int
    pattern: re.Pattern[str]
    yes: tuple[str, ...]
    no: tuple[str, ...]

    def fits(self, word: str) -> bool:
        """Tell whether ``word`` is of this form."""
        return len(word) >= self.shortest and self.pattern.search(word) is not None


class NameFormError(Exception):
    """The file of forms is wrong; the message names the form and the reason."""


@cache
def name_forms() -> Mapping[str, NameForm]:
    """Return the forms of ``name_forms.toml`` by name; raises ``NameFormError``."""
    found: dict[str, NameForm] = {}
    for number, item in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["form"], 1):
        name = item.get("name", f"the form number {number}")
        try:
            pattern = re.compile(item["pattern"], re.I)
            found[name] = NameForm(int(item["shortest"]), pattern, tuple(item["yes"]), tuple(item["no"]))
        except (KeyError, ValueError, re.error) as error:
            raise NameFormError(f"{FILE.name}, {name}: {error!r}") from error
    return found


def find_names(text: str, words: Sequence[Span], terms: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans of ``text`` that are names by their form.

    ``words`` are its words outside of the term base, ``terms`` those of it, both in order. A name is one word, or is put
    together: a word with the suffix that follows it (葡萄膜 炎), or one that 性 ties to what it modifies (丛集 性 头痛).
    """
    found: list[Span] = []
    for word in words:
        if name_forms()["latin" if word.of(text).isascii() else "chinese"].fits(word.of(text)):
            found.append(word)
    parts = sorted([*words, *terms])
    for place, last in enumerate(parts):
        if not _HAN.search(last.of(text)):
            continue
        first = place
        while first > 0 and place - first < _MOST_PARTS and _leans(text, parts[first - 1], parts[first]):
            first -= 1
        whole = Span(parts[first].start, last.end)
        if first < place and parts[first] in words and name_forms()["chinese"].fits(whole.of(text)):
            found.append(whole)
    longest = [span for span in found if not any(other != span and other.contains(span) for other in found)]
    return tuple(sorted(set(longest)))


def _leans(text: str, before: Span, part: Span) -> bool:
    """Tell whether ``part`` is no word of its own but belongs to the one before it, or 性 ties it to that."""
    if before.end != part.start or not _HAN.search(before.of(text)):
        return False
    return len(part) == 1 or before.of(text).endswith(_MODIFIES)
