"""The rules hold by their own files and columns: with no terms at all, and with a few that somebody else listed."""

import gc
import weakref
from pathlib import Path

import pytest

from corpus.model import Span
from corpus.segmentation import Segmenter
from corpus.term_base import TermBase
from corpus.term_files import COLUMNS, OPTIONAL, read_terms
from index.engines.glossing import is_english
from qa.answers.glosses import Glosser
from qa.model import Gloss
from qa.statements.reader import StatementReader
from qa.verification.consistency import check
from qa.verification.coverage import Gaps, find_gaps
from qa.verification.difference import Context

ROWS = """\
苹果症,apple disease,,,,,,yes,decisive,
葡萄症,grape disease,,,,,,yes,,
香蕉症,banana disease,,,,,,no,,
梨子症,pear disease,,,,,,no,light,
高涨,surge,,,,,,,,up
"""


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    """Jieba without any term."""
    return Segmenter(TermBase(()))


@pytest.fixture(scope="module")
def without_terms(segmenter: Segmenter) -> StatementReader:
    """A reader that knows no term."""
    return StatementReader(TermBase(()), segmenter, is_english)


@pytest.fixture(scope="module")
def reader(segmenter: Segmenter, tmp_path_factory: pytest.TempPathFactory) -> StatementReader:
    """A reader with terms of a category that isn't bundled."""
    return StatementReader(_own(tmp_path_factory.mktemp("terms")), segmenter, is_english)


def _own(folder: Path, rows: str = ROWS) -> TermBase:
    (folder / "own.csv").write_text(",".join((*COLUMNS, *OPTIONAL)) + "\n" + rows, encoding="utf-8")
    return read_terms(folder)


def _gaps(reader: StatementReader, claim: str, evidence: str) -> Gaps:
    return find_gaps(reader.read(claim), reader.read(evidence), Context(), reader, {}, {"苹果", "香蕉", "大象"})


@pytest.mark.parametrize(
    ("evidence", "claim", "kind"),
    [
        ("这种药没有引起排斥。", "这种药引起排斥。", "negation"),
        ("The cells do not cause rejection.", "The cells cause rejection.", "negation"),
        ("BDNF↑", "BDNF↓", "direction"),
        ("有 400 例患者。", "有 700 例患者。", "number"),
        ("Treated with VX-770.", "Treated with TY-440.", "name"),
    ],
)
def test_without_any_term_the_rules_hold(evidence: str, claim: str, kind: str, without_terms: StatementReader) -> None:
    """Words of denial, arrows, numbers and Latin names need no term base."""
    read = without_terms.read
    assert [item.kind for item in check(read(claim), read(evidence), without_terms.terms)] == [kind]
    assert check(read(evidence), read(evidence), without_terms.terms) == ()


def test_a_decisive_concept_of_ones_own_must_be_in_the_evidence(reader: StatementReader) -> None:
    """By its column, whatever its category; one without it decides nothing."""
    assert _gaps(reader, "香蕉症和苹果症很常见。", "香蕉症很常见。").decisive == ("苹果症",)
    assert _gaps(reader, "香蕉症和葡萄症很常见。", "香蕉症很常见。").decisive == ()


def test_a_light_concept_of_ones_own_may_be_missing(reader: StatementReader) -> None:
    """It leaves the share of concepts as it is."""
    assert _gaps(reader, "香蕉症和梨子症很常见。", "香蕉症很常见。").concepts == 1.0
    assert _gaps(reader, "香蕉症和葡萄症很常见。", "香蕉症很常见。").concepts == 0.5


def test_a_direction_of_ones_own_is_met_by_any_word_for_it(reader: StatementReader) -> None:
    """And only by one for the same way."""
    assert _gaps(reader, "香蕉症高涨。", "香蕉症增加。").decisive == ()
    assert _gaps(reader, "香蕉症高涨。", "香蕉症减少。").decisive == ("高涨",)


def test_a_definite_concept_of_ones_own_is_a_name(reader: StatementReader) -> None:
    """One that isn't is no name, and a claim that has it instead of another differs in none."""
    for claim, evidence, kinds in (("苹果症", "葡萄症", ["name"]), ("梨子症", "香蕉症", [])):
        found = check(reader.read(f"{claim}很常见。"), reader.read(f"{evidence}很常见。"), reader.terms)
        assert [item.kind for item in found] == kinds


def test_what_was_read_by_an_old_term_base_doesnt_keep_it(segmenter: Segmenter, tmp_path: Path) -> None:
    """Neither statements that are held, nor glosses, nor what was looked up for names."""
    reader = StatementReader(_own(tmp_path, "苹果症,apple disease,,,,,,yes,,\n"), segmenter, is_english)
    glosser = Glosser(reader.terms)
    said = reader.read_held("苹果症很常见。")
    assert check(said, reader.read("苹果症少见。"), reader.terms) == ()
    assert glosser.gloss("得了苹果症", 10) == (Gloss(Span(12, 15), "苹果症", "apple disease"),)
    gone = weakref.ref(reader.terms)
    (tmp_path / "own.csv").unlink()
    read_terms(tmp_path)  # the latest is kept, whatever it is
    del reader, glosser
    gc.collect()
    assert gone() is None
