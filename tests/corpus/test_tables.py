"""Tables that are mapped instead of parsed: what they hold, and what happens to damaged ones."""

from pathlib import Path

import jieba
import pytest
from spellchecker import SpellChecker

from corpus.mapped_tables import table
from corpus.word_table import WordTable
from corpus.words import is_word


def test_the_word_table_is_jiebas_dictionary(tmp_path: Path) -> None:
    """Every word and every beginning of one has the count that jieba's own reader gives it, and nothing else has any."""
    made = WordTable(tmp_path)
    counts, total = jieba.Tokenizer.gen_pfdict((Path(jieba.__file__).parent / "dict.txt").open("rb"))
    assert made.total == total
    assert all(made.get(word) == count for word, count in counts.items())
    for word in ("鑫鑫鑫鑫", "间充质", "", "的\x00", "😀", "😀😀😀"):
        assert made.get(word) == counts.get(word) and (word in made) == (word in counts)


def test_words_can_be_added(tmp_path: Path) -> None:
    """As the term base's are; the mapped table stays as it was."""
    made = WordTable(tmp_path)
    made["间充质干细胞"] = 7
    assert made["间充质干细胞"] == 7 and WordTable(tmp_path).get("间充质干细胞") is None
    with pytest.raises(KeyError):
        made["鑫鑫鑫鑫"]


def test_english_words_are_those_of_the_spelling_checker() -> None:
    """Its list is read without its code."""
    words = set(SpellChecker("en").word_frequency.words())
    assert len(words) > 100_000
    assert all(is_word(word) for word in words) and not is_word("exosomse")


def test_a_table_is_made_once_and_anew_where_it_is_damaged(tmp_path: Path) -> None:
    """Cut, flipped or empty, it is replaced; a new source has a table of its own."""
    source, made = tmp_path / "source", []
    source.write_bytes(b"one")

    def make(content: bytes) -> bytes:
        made.append(content)
        return content * 3

    folder = tmp_path / "tables"
    assert table("kind", source, make, folder) == b"oneoneone" == table("kind", source, make, folder)
    assert len(made) == 1
    (path,) = folder.glob("*.table")
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], whole[:-1] + b"f", whole[:20]):
        path.write_bytes(damaged)
        assert table("kind", source, make, folder) == b"oneoneone" and path.read_bytes() == whole
    source.write_bytes(b"two")
    assert table("kind", source, make, folder) == b"twotwotwo" and len(list(folder.glob("*.table"))) == 2


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    """The table is then made at each start."""
    source = tmp_path / "source"
    source.write_bytes(b"one")
    (tmp_path / "file").write_bytes(b"")
    assert table("kind", source, bytes.upper, tmp_path / "file" / "below") == b"ONE"
