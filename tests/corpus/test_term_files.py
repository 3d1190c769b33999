"""The columns of term files that rules hang on, files without them, and what a term base keeps alive."""

import ast
import csv
import gc
import shutil
import weakref
from pathlib import Path

import pytest

from corpus.categories import DEFINITE
from corpus.errors import CorpusError
from corpus.term_base import Concept, TermBase
from corpus.term_files import COLUMNS, OPTIONAL, read_terms
from qa.settings import BUNDLED_TERMS

ROOT = Path(__file__).parent.parent.parent
OLD = ",".join(COLUMNS) + "\n"
NEW = ",".join((*COLUMNS, *OPTIONAL)) + "\n"


@pytest.fixture(scope="module")
def terms() -> TermBase:
    """The bundled term base."""
    return read_terms(BUNDLED_TERMS)


def _read(folder: Path, **files: str) -> dict[str, Concept]:
    """Return the concepts, by id, of term files made of ``files``."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return dict(read_terms(folder).by_id)


def test_the_columns_say_what_rules_make_of_a_concept(tmp_path: Path) -> None:
    """Yes and no in any case; empty cells leave it to the category and to plain weight."""
    found = _read(
        tmp_path,
        cells=NEW + "甲细胞,cell a,,,,,,,decisive,\n乙细胞,cell b,,,,,,No,light,up\n",
        general=NEW + "丙事,thing c,,,,,,yes,,down\n丁事,thing d,,,,,,,plain,\n",
    )
    said = {key: (concept.definite, concept.weight, concept.direction) for key, concept in found.items()}
    assert said == {
        "甲细胞": (True, "decisive", None),
        "乙细胞": (False, "light", "up"),
        "丙事": (True, "plain", "down"),
        "丁事": (False, "plain", None),
    }


def test_a_file_without_the_columns_is_read_by_its_category(tmp_path: Path) -> None:
    """Diseases are definite, general words aren't; of a category of one's own, what is written with a capital is."""
    found = _read(
        tmp_path,
        diseases=OLD + "甲病,disease a,,,,,\n",
        general=OLD + "乙事,thing b,,,,,\n",
        own=OLD + "丙院,Hospital C,,,,,\n丁院,a hospital,,,,,\nⅡ期甲试验,Phase II trial A,,,,,\n",
    )
    assert {key for key, concept in found.items() if concept.definite} == {"甲病", "丙院"}
    assert {(concept.weight, concept.direction) for concept in found.values()} == {("plain", None)}


def test_a_copy_of_the_bundled_files_from_before_the_columns_reads_the_same(terms: TermBase, tmp_path: Path) -> None:
    """Somebody may have copied them, and added terms, when the rules were in the code."""
    for path in sorted(BUNDLED_TERMS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row[: len(COLUMNS)] for row in csv.reader(file)]
        with (tmp_path / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    old = read_terms(tmp_path)
    assert old.concepts == terms.concepts
    assert old.fingerprint == terms.fingerprint


def test_a_renamed_term_keeps_its_rules(tmp_path: Path) -> None:
    """They stand in its own row."""
    shutil.copytree(BUNDLED_TERMS, tmp_path, dirs_exist_ok=True)
    for name, old, new in (("general", "\n治愈,", "\n医好了,"), ("mechanisms", "\n上调,", "\n往上调节,")):
        path = tmp_path / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
    found = read_terms(tmp_path).by_id
    assert found["医好了"].weight == "decisive"
    assert found["往上调节"].direction == "up" and not found["往上调节"].definite


def test_rows_may_leave_out_empty_cells_at_their_end(tmp_path: Path) -> None:
    """As some spreadsheets write them; fewer than the seven, or more than the header has, are named."""
    assert _read(tmp_path, cells=NEW + "甲细胞,cell a,,,,,,no\n乙细胞,cell b,,,,,\n")["甲细胞"].definite is False
    with pytest.raises(CorpusError) as error:
        _read(tmp_path, cells=NEW + "甲细胞,cell a,,,,\n乙细胞,cell b,,,,,,,,,\n")
    assert [str(problem) for problem in error.value.problems] == [
        "cells.csv, line 2: 6 columns instead of 10",
        "cells.csv, line 3: 11 columns instead of 10",
    ]


def test_only_some_of_the_columns_may_be_there_in_any_order(tmp_path: Path) -> None:
    """Each once, and none of another name."""
    head = OLD.strip()
    found = _read(tmp_path, cells=f"{head},direction,definite\n甲细胞,cell a,,,,,,down,no\n")["甲细胞"]
    assert (found.definite, found.weight, found.direction) == (False, "plain", "down")
    for wrong in (f"{head},weight,weight\n", f"{head},colour\n", f"definite,{head}\n"):
        with pytest.raises(CorpusError, match=r"cells\.csv, line 1: .*may go on with definite, weight, direction"):
            _read(tmp_path, cells=wrong)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("maybe,,", "definite is 'maybe'; it must be empty or yes or no"),
        (",heavy,", "weight is 'heavy'; it must be empty or light or plain or decisive"),
        (",,sideways", "direction is 'sideways'; it must be empty or up or down"),
    ],
)
def test_a_value_that_no_rule_knows_is_named(tmp_path: Path, cells: str, reason: str) -> None:
    """With file and line: a slip switches no rule off."""
    with pytest.raises(CorpusError) as error:
        _read(tmp_path, cells=NEW + f"甲细胞,cell a,,,,,,,,\n乙细胞,cell b,,,,,,{cells}\n")
    assert str(error.value) == f"cells.csv, line 3: {reason}"


def test_the_fingerprint_tells_whatever_rules_go_by(tmp_path: Path) -> None:
    """Servers read terms anew where it changes."""
    seen = set()
    for cells in (",,", "no,,", ",light,", ",,up"):
        _read(tmp_path, cells=NEW + f"甲细胞,cell a,,,,,,{cells}\n")
        seen.add(read_terms(tmp_path).fingerprint)
    (tmp_path / "cells.csv").rename(tmp_path / "general.csv")
    seen.add(read_terms(tmp_path).fingerprint)
    assert len(seen) == 5


def test_the_bundled_rules_are_all_there(terms: TermBase) -> None:
    """As many as stood in the code before; general words need no 'no'."""
    vague = [concept for concept in terms.concepts if concept.category in DEFINITE and not concept.definite]
    assert len(vague) >= 107
    assert len([concept for concept in terms.concepts if concept.weight == "decisive"]) >= 36
    assert len([concept for concept in terms.concepts if concept.weight == "light"]) >= 19
    assert {concept.direction for concept in terms.concepts} == {"up", "down", None}


def test_no_code_lists_concepts(terms: TermBase) -> None:
    """Renaming a term would switch off there what nobody sees."""
    listed = []
    for package in ("qa", "index", "corpus"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name in ("stopwords.py", "front_matter.py"):  # words, and names of fields, whatever they name
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words = node.value.split()
                    if words and all(word in terms.by_id for word in words):
                        listed.append((path.name, node.lineno, node.value))
    assert listed == []


def test_parts_of_a_term_are_those_within_it(terms: TermBase) -> None:
    """All of them, and the largest definite ones."""
    parts = terms.parts("骨髓间充质干细胞")
    assert set(parts.every) == {"骨髓", "间充质干细胞", "干细胞", "细胞"}
    assert set(parts.largest) == {"骨髓", "间充质干细胞"}
    assert terms.parts("nothing known").every == ()


def test_an_old_term_base_goes_with_the_last_who_uses_it(tmp_path: Path) -> None:
    """Whatever was looked up in it is kept by itself, so that nothing else holds it."""
    _read(tmp_path, cells=OLD + "甲细胞,cell a,,,,,\n")
    old = read_terms(tmp_path)
    old.parts("甲细胞")
    gone = weakref.ref(old)
    _read(tmp_path, cells=OLD + "乙细胞,cell b,,,,,\n")
    del old
    gc.collect()
    assert gone() is None
