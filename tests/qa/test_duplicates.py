"""The same passage is shown once; passages that differ in what matters are two."""

from pathlib import Path

import pytest

from index.models.embedding import Embedder
from qa.bootstrap import wired
from qa.retrieval.ranking import is_same
from qa.settings import Settings
from tests.data_folder import prepared

TEXT = "外泌体能够穿过血脑屏障，而且免疫原性低，因此被看作不含细胞的替代疗法。在 12 名患者中没有出现严重不良事件。"


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        TEXT.replace("，", ",").replace("。", "."),
        TEXT.replace("外泌体", "外泌體").replace("穿过", "穿過"),
        TEXT.replace("能够", "能"),
    ],
)
def test_a_copy_is_the_same_whatever_its_marks_and_characters(copy: str) -> None:
    """Width, Traditional characters, punctuation and a word of no weight."""
    assert is_same(TEXT, copy)


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("12", "13"),
        TEXT.replace("没有出现", "出现"),
        TEXT.replace("外泌体", "ADSC"),
        TEXT[:20],
        "帕金森病患者的黑质里多巴胺能神经元逐渐丢失。",
    ],
)
def test_a_number_a_negation_or_a_name_makes_another_passage(other: str) -> None:
    """However few characters that is."""
    assert not is_same(TEXT, other)


def test_copies_in_several_documents_are_shown_once_with_all_their_places(embedder: Embedder, tmp_path: Path) -> None:
    """Three files hold the passage, one of them with another number."""
    corpus = tmp_path / "texts"
    corpus.mkdir()
    (corpus / "a.txt").write_text(TEXT, encoding="utf-8")
    (corpus / "b.txt").write_text(TEXT.replace("能够", "能").replace("，", ","), encoding="utf-8")
    (corpus / "c.txt").write_text(TEXT.replace("12", "13"), encoding="utf-8")
    (corpus / "d.txt").write_text("帕金森病患者的黑质里多巴胺能神经元逐渐丢失。", encoding="utf-8")
    service = wired(Settings(corpus_dir=corpus, data_dir=prepared(tmp_path / "data")), embedder)
    service.rebuild()
    hits = service.ask("外泌体能穿过血脑屏障吗？").hits
    places = [{hit.passage.document_id, *hit.also_in} for hit in hits]
    assert sorted(map(sorted, places)) == [["a", "b"], ["c"], ["d"]]
