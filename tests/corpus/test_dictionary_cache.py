"""The kept dictionary gives the same words as the parsed one, and a damaged one is parsed again (promise 26)."""

from pathlib import Path

import jieba

from corpus import dictionary_cache
from corpus.dictionary_cache import dictionary_tokenizer

TEXT = "间充质干细胞沿趋化因子浓度梯度归巢到病灶"


def test_what_was_kept_is_what_was_parsed(tmp_path: Path) -> None:
    """Words added to one tokenizer are none of the next."""
    own = jieba.Tokenizer()
    own.tmp_dir = str(tmp_path / "own")
    (tmp_path / "own").mkdir()
    parsed, kept = dictionary_tokenizer(tmp_path / "new"), dictionary_tokenizer(tmp_path / "new")
    assert len(list((tmp_path / "new").iterdir())) == 1
    assert parsed.FREQ == kept.FREQ and parsed.total == kept.total > 60_000_000
    assert list(kept.cut(TEXT, HMM=False)) == list(own.cut(TEXT, HMM=False))
    kept.add_word("归巢到病灶", 1_000_000)
    assert "归巢到病灶" in kept.cut(TEXT, HMM=False)
    assert "归巢到病灶" not in dictionary_tokenizer(tmp_path / "new").cut(TEXT, HMM=False)
    assert dictionary_tokenizer(None).total == parsed.total


def test_a_damaged_cache_is_a_missing_one(tmp_path: Path) -> None:
    """It is parsed and kept again; nothing that isn't as written reaches the format that would crash on it."""
    parsed = dictionary_tokenizer(tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 60):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        assert dictionary_cache._read(path) is None
    for damaged in (b"", whole[: len(whole) // 2], whole[:-1], whole + b"\x00"):
        path.write_bytes(damaged)
        assert dictionary_cache._read(path) is None
    assert dictionary_tokenizer(tmp_path).FREQ == parsed.FREQ
    assert dictionary_cache._read(path) is not None and len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    """The dictionary is parsed at each start then."""
    (tmp_path / "file").write_text("")
    assert dictionary_tokenizer(tmp_path / "file" / "below").total > 0
