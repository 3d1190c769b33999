"""Learning weights: what tells right from wrong gets weight, what doesn't gets none, and signs are kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.command.main import run
from index.models.embedding import Embedder
from qa.bootstrap import wired
from qa.evaluation.learning import OddsExample, RankingExample, learn_odds, learn_ranking, threshold_for
from qa.retrieval.signals import ANSWER, BIAS, SUBJECT
from qa.retrieval.weights import FILE, WeightsError, read_weights, write_weights
from qa.settings import BUNDLED_CORPUS, Settings
from tests.benchmarks.synthetic import write_model
from tests.data_folder import lay_review, prepared

ROOT = Path(__file__).parents[2]


def test_the_signal_that_ranks_right_gets_the_weight() -> None:
    """Of a telling signal, noise, one that points the wrong way and one that speaks against, in ten questions."""
    chance = np.random.default_rng(5)
    examples = []
    for _ in range(10):
        answers = np.arange(12) == chance.integers(12)
        telling = answers + chance.normal(0, 0.2, 12)
        signals = np.stack([telling, chance.normal(size=12), -telling, chance.random(12) * ~answers], axis=1)
        examples.append(RankingExample(signals, answers))
    found = learn_ranking(examples, ["telling", "noise", "wrong", "aside"])
    assert found["telling"] > 5 * found["noise"] and found["wrong"] == 0.0 and found["aside"] <= 0.0
    weights = np.asarray(list(found.values()))
    assert all(example.answers[int(np.argmax(example.signals @ weights))] for example in examples)


def test_odds_grow_with_what_speaks_for_them() -> None:
    """Odds rise with the telling signal and fall with the one against."""
    chance = np.random.default_rng(6)
    truth = chance.random(200) < 0.5
    signals = np.stack([truth + chance.normal(0, 0.5, 200), ~truth + chance.normal(0, 0.5, 200)], axis=1)
    examples = [OddsExample(row, bool(answer)) for row, answer in zip(signals, truth, strict=True)]
    weights = learn_odds(examples, ["told", "unmet"])
    assert weights["told"] > 0 > weights["unmet"]
    odds = signals @ np.asarray([weights["told"], weights["unmet"]]) + weights[BIAS]
    assert np.mean((odds > 0) == truth) > 0.9


def test_a_threshold_is_reached_by_the_share_that_was_asked_for() -> None:
    """About nine in ten of a hundred confidences lie above it, each time the same."""
    confidences = [number / 100 for number in range(100)]
    assert sum(value >= threshold_for(confidences, 0.9) for value in confidences) == 89
    assert threshold_for(confidences, 0.9) == pytest.approx(np.quantile(confidences, 0.1), abs=0.005)
    assert threshold_for(confidences, 0.9) == threshold_for(confidences, 0.9)


def test_weights_are_learned_by_a_command_and_can_be_served_with(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real model, a part of the real questions; those of another model are refused with the command that mends it."""
    lines = (ROOT / "tests" / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    some = [line for number, line in enumerate(lines) if number % (5 if json.loads(line)["answers"] else 3) == 0]
    (tmp_path / "some.jsonl").write_text("\n".join(some), encoding="utf-8")
    data = prepared(tmp_path / "data")
    monkeypatch.setenv("MSCQA_DATA_DIR", str(data))
    corpus = lay_review(tmp_path / "corpus")
    monkeypatch.setenv("MSCQA_CORPUS_DIR", str(corpus))
    written = tmp_path / "weights.json"
    assert run(["fit", str(tmp_path / "some.jsonl"), "--write", str(written)]) == 0
    weights = read_weights(written, embedder.name)
    for side in weights.languages.values():
        assert set(side.subject) == {BIAS, *SUBJECT} and set(side.answerable) == {BIAS, *ANSWER}
        assert 0.0 < side.threshold < 1.0 and side.subject["unrelated"] < 0 < side.answerable["told"]
        assert side.sentence["tokens"] > 0 and all(value >= 0 for name, value in side.passage.items() if name != "aside")
    service = wired(Settings(corpus_dir=corpus, data_dir=data, weights_file=written), embedder)
    service.rebuild()
    assert "血脑屏障" in service.ask("外泌体能穿过血脑屏障吗？").hits[0].passage.text
    item = json.loads(written.read_text(encoding="utf-8"))
    written.write_text(json.dumps({**item, "model": "another"}), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"'another', not for 'multilingual-e5-small'.*mscqa fit --write"):
        wired(Settings(corpus_dir=corpus, data_dir=data, weights_file=written), embedder)


def test_written_weights_read_as_they_were(tmp_path: Path) -> None:
    """The shipped ones, there and back, byte for byte."""
    shipped = ROOT / "qa" / "retrieval" / "weights.json"
    write_weights(tmp_path / "w.json", read_weights(shipped))
    assert (tmp_path / "w.json").read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Write the shipped weights after ``change`` into ``path``."""
    item = json.loads(FILE.read_bytes())
    change(item)
    path.write_text(json.dumps(item), encoding="utf-8")
    return path


@pytest.mark.parametrize("part", ["passage", "sentence", "subject", "answerable"])
def test_weights_of_a_signal_that_never_was_are_refused_when_read(tmp_path: Path, part: str) -> None:
    """With the place and a name that may have been meant, and not by a traceback at the first question."""
    path = changed(tmp_path / "w.json", lambda item: item["languages"]["en"][part].update(wordz=1.0))
    with pytest.raises(
        WeightsError, match=rf"en: {part}: there is no signal 'wordz'.*'words'" if part != "subject" else "wordz"
    ):
        read_weights(path)


def test_weights_of_before_load_without_the_signals_that_are_retired(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They count for nothing, which is said."""
    path = changed(tmp_path / "w.json", lambda item: item["languages"]["zh"]["answerable"].update(coverage=3.0))
    assert read_weights(path) == read_weights()
    assert "'coverage', which is retired" in caplog.text


def test_another_model_builds_serves_unfitted_and_is_then_fitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """A real sentence-transformers folder, by the commands that a user gives."""
    questions = ROOT / "tests" / "gold" / "questions.jsonl"
    write_model(tmp_path, BUNDLED_CORPUS.joinpath("msc-neurodegenerative-review.md").read_text(encoding="utf-8").split())
    written = tmp_path / "weights.json"
    monkeypatch.setenv("MSCQA_EMBEDDING_MODEL", str(tmp_path / "model"))
    monkeypatch.setenv("MSCQA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MSCQA_CORPUS_DIR", str(lay_review(tmp_path / "corpus")))
    assert run(["build"]) == 0
    caplog.clear()
    assert run(["ask", "Who won the football match?"]) == 3
    assert "nothing was learned for the model" in caplog.text
    assert run(["doctor"]) == 0 and "neutral weights rank" in capsys.readouterr().out
    some = [line for number, line in enumerate(questions.read_text(encoding="utf-8").splitlines()) if number % 5 == 0]
    (tmp_path / "some.jsonl").write_text("\n".join(some), encoding="utf-8")
    assert run(["fit", str(tmp_path / "some.jsonl"), "--write", str(written)]) == 0
    monkeypatch.setenv("MSCQA_WEIGHTS_FILE", str(written))
    caplog.clear()
    assert run(["ask", "Who won the football match?"]) == 3
    assert "nothing was learned" not in caplog.text


def test_fitting_over_texts_of_ones_own_says_which_questions_to_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The repository's own questions are of no use there: hundreds of quotes would stand nowhere."""
    (tmp_path / "a.md").write_text("外泌体能够穿过血脑屏障。", encoding="utf-8")
    monkeypatch.setenv("MSCQA_CORPUS_DIR", str(tmp_path))
    assert run(["fit", "--write", str(tmp_path / "w.json")]) == 1
    words = capsys.readouterr().err
    assert "bring questions of your own" in words and words.count("\n") < 8
