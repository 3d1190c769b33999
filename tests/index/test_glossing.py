"""The general dictionary in both directions, restricted to what a corpus holds."""

import os
import subprocess
import sys

from index.engines.glossing import glosses


def test_english_stems_give_the_chinese_words_of_the_corpus() -> None:
    """A stem that is all of a sense weighs 1, one of two a half; words that the corpus lacks aren't there."""
    table = glosses({"医生", "副作用", "blood"})
    assert table["doctor"] == {"医生": 1.0}
    assert table["side"] == table["effect"] == {"副作用": 0.5}
    assert not any(key in table for key in ("医生", "blood"))


def test_chinese_words_give_the_english_stems_of_a_corpus_with_english_texts() -> None:
    """Any Chinese word of the dictionary does, whether or not the corpus holds it."""
    table = glosses({"doctor", "effect", "drug", "医生"}, english_texts=True)
    assert table["医生"] == {"doctor": 1.0} and table["药物"]["drug"] == 1.0
    assert table["副作用"] == {"effect": 0.5}
    assert table["doctor"] == {"医生": 1.0}
    assert "血管" not in table and "的" not in table  # no stem of it is held; a stop word


def test_the_dictionary_is_read_in_any_locale() -> None:
    """In one whose encoding isn't UTF-8, too."""
    code = "from index.engines.glossing import glosses; assert 'doctor' in glosses(['\\u533b\\u751f'])"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
