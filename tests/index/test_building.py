"""Building: what an edit costs, and that it never shows half."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.building import tools, writing
from index.errors import IndexStoreError
from index.models.calibration import Calibration, Centre, calibrate
from index.models.embedding import Embedder
from index.models.embedding_cache import EmbeddingCache
from index.models.reduction import Reduction
from qa.bootstrap import wired
from qa.service import Service
from qa.settings import Settings
from tests.data_folder import prepared, settings_of

FIRST = """# 归巢

间充质干细胞沿趋化因子浓度梯度到达病灶。

# 旁分泌

外泌体能够穿过血脑屏障。

# 安全

没有发生严重不良事件。
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text(FIRST, encoding="utf-8")
    (folder / "b.txt").write_text("神经丝轻链是一种生物标志物。", encoding="utf-8")
    return folder


@pytest.fixture
def made(corpus: Path, tmp_path: Path, embedder: Embedder) -> Iterator[Service]:
    yield wired(Settings(corpus_dir=corpus, data_dir=prepared(tmp_path / "data")), embedder)


def texts(service: Service) -> set[str]:
    return {passage.text for passage in service.generation.passages}


def test_an_edit_embeds_only_what_is_new(made: Service, corpus: Path) -> None:
    """One sentence changed is one passage embedded; the new one is found and the old one is gone."""
    first = made.rebuild()
    assert (first.documents, first.passages, first.embedded, first.added) == (2, 4, 4, ("a", "b"))
    (corpus / "a.md").write_text(FIRST.replace("没有发生严重不良事件", "发生了两例严重不良事件"), encoding="utf-8")
    second = made.rebuild()
    assert (second.embedded, second.changed, second.added, second.removed) == (1, ("a",), (), ())
    assert "发生了两例严重不良事件。" in texts(made) and "没有发生严重不良事件。" not in texts(made)
    assert made.ask("有没有严重不良事件").hits[0].passage.text == "发生了两例严重不良事件。"


def test_an_unchanged_corpus_is_not_built_again(made: Service) -> None:
    """The serving generation stays."""
    first = made.rebuild()
    again = made.rebuild()
    assert (again.published, again.generation) == (False, first.generation)


def test_a_build_piece_by_piece_equals_a_build_at_once(
    made: Service, corpus: Path, tmp_path: Path, embedder: Embedder
) -> None:
    """Same corpus and recipe, same content hash, whatever came before (promise 10)."""
    made.rebuild()
    (corpus / "c.txt").write_text("帕金森病与多巴胺有关。", encoding="utf-8")
    made.rebuild()
    (corpus / "b.txt").unlink()
    (corpus / "a.md").write_text(FIRST.replace("外泌体", "细胞外囊泡"), encoding="utf-8")
    made.rebuild()
    fresh = wired(Settings(corpus_dir=corpus, data_dir=prepared(tmp_path / "fresh")), embedder)
    fresh.rebuild()
    assert made.generation.manifest.content_hash == fresh.generation.manifest.content_hash


def test_vectors_that_were_reduced_otherwise_are_not_taken_over(
    made: Service, corpus: Path, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another version of the code comes to other directions, tokens are made anew, as in a build at once."""
    made.rebuild()

    def otherwise(model: Embedder, cache: EmbeddingCache, known: Reduction | None = None) -> Calibration:
        found = calibrate(model, cache)
        centres = {key: Centre(centre.pooled, -centre.tokens) for key, centre in found.questions.items()}
        turned = replace(found, questions=centres, reduction=replace(found.reduction, basis=-found.reduction.basis))
        return replace(turned, reduction=known) if known and turned.reduction.is_close_to(known) else turned

    monkeypatch.setattr(writing, "calibrate", otherwise)
    monkeypatch.setattr(tools, "code_fingerprint", lambda: "another version")
    again, fresh = (
        wired(Settings(corpus_dir=corpus, data_dir=folder), embedder)
        for folder in (tmp_path / "data", prepared(tmp_path / "fresh"))
    )
    assert again.rebuild().published
    fresh.rebuild()
    assert again.generation.manifest.content_hash == fresh.generation.manifest.content_hash


def test_a_bad_file_is_left_out_by_name_and_all_else_is_served(made: Service, corpus: Path) -> None:
    """Nothing changes where nothing else did, and the build says what it left out."""
    made.rebuild()
    (corpus / "bad.txt").write_bytes(b"caf\xe9 au lait")
    report = made.rebuild()
    assert report.outcome == "up_to_date" and report.left_out == (
        "bad.txt, line 1: it isn't UTF-8 (byte 3); save it as UTF-8",
    )
    assert made.store.names() == ("000001",) and made.ask("外泌体").hits


def test_the_last_good_version_of_a_file_stays_until_it_is_mended_emptied_or_deleted(made: Service, corpus: Path) -> None:
    """It is marked with its date wherever it is quoted."""
    made.rebuild()
    before, good = texts(made), (corpus / "b.txt").read_bytes()
    (corpus / "b.txt").write_bytes(b"caf\xe9 au lait")
    report = made.rebuild()
    assert report.kept == ("b.txt",) and texts(made) == before
    assert [bool(document.as_of) for document in made.generation.documents.values()] == [False, True]
    (corpus / "b.txt").write_bytes(good)
    assert made.rebuild().kept == () and not made.generation.documents["b"].as_of
    (corpus / "b.txt").write_bytes(b"")
    assert made.rebuild(force=True).removed == ("b",)


def test_a_corpus_that_shrank_by_more_than_half_needs_force(made: Service, corpus: Path) -> None:
    """A folder emptied by mistake doesn't replace a good index."""
    made.rebuild()
    (corpus / "a.md").unlink()
    with pytest.raises(IndexStoreError, match="--force"):
        made.rebuild()
    assert len(texts(made)) == 4
    assert made.rebuild(force=True).removed == ("a",)
    assert texts(made) == {"神经丝轻链是一种生物标志物。"}


def test_another_process_picks_up_a_new_generation(made: Service, corpus: Path, embedder: Embedder) -> None:
    """What one service publishes another one of the same folder answers from after a look."""
    made.rebuild()
    other = wired(settings_of(made), embedder)
    assert other.refresh() and not other.refresh()
    (corpus / "c.txt").write_text("帕金森病与多巴胺有关。", encoding="utf-8")
    made.rebuild()
    assert other.refresh() and "帕金森病与多巴胺有关。" in texts(other)


def test_an_english_side_file_is_kept_and_served_and_never_searched(made: Service, corpus: Path) -> None:
    """Adding or editing it publishes a generation without embedding anything; its words are in no index."""
    made.rebuild()
    side = corpus / "a.en.md"
    side.write_text("# Homing\n\nThey move.\n\n# Paracrine\n\nZebrafish.\n\n# Safety\n\nNone.\n", encoding="utf-8")
    added = made.rebuild()
    assert (added.published, added.changed, added.embedded) == (True, ("a",), 0)
    result = made.ask("外泌体能穿过血脑屏障吗")
    assert result.hits[0].translation is not None and result.hits[0].translation.text == "Zebrafish."
    assert not any("zebrafish" in key for key in made.generation.features.vocabulary)
    side.write_text(side.read_text(encoding="utf-8").replace("Zebrafish", "They cross"), encoding="utf-8")
    assert made.rebuild().published
    passage = next(item for item in made.generation.passages if "血脑屏障" in item.text)
    translation = made.generation.documents["a"].translation
    assert translation is not None and translation.of(passage.span).text == "They cross."


def test_a_side_file_of_another_structure_leaves_the_text_as_it_was(made: Service, corpus: Path) -> None:
    """It is named with its section and counts, and the last good version stays."""
    made.rebuild()
    (corpus / "a.en.md").write_text("# Homing\n\nOne.\n\nTwo.\n\n# P\n\nx\n\n# S\n\nx\n", encoding="utf-8")
    report = made.rebuild()
    assert report.left_out == ("a.en.md, line 1: the section 'Homing' has 2 paragraphs, and its original has 1",)
    assert report.kept == ("a.md",) and made.generation.documents["a"].as_of
