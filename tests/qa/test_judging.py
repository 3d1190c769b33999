"""Judging claims by one sentence: what is supported, what contradicts, and which piece of the claim is named."""

from pathlib import Path

import numpy as np
import pytest

from corpus.reading import read_folder
from corpus.segmentation import Segmenter
from corpus.term_files import read_terms
from index.engines.glossing import glosses, is_english
from qa.settings import BUNDLED_CORPUS, BUNDLED_TERMS
from qa.statements.reader import StatementReader
from qa.verification.pieces.findings import Relation
from qa.verification.pieces.judging import Judgement, decides, judge_sentence
from qa.verification.pieces.nearness import Nearness
from qa.verification.pieces.segments import segments

EXOSOME = "外泌体能够越过血脑屏障，又很少引起免疫排斥，因此被视作可以取代 MSC 的无细胞方案，应用前景可观。"
PARACRINE = "越来越多的研究提示，MSC 的疗效主要不取决于细胞能否存活和植入，而来自旁分泌信号。"
COMPARED = "静脉组的疗效优于动脉组。"
TESTED = "支原体检测结果为阴性。"
HOPED = "硫化氢缓释剂有望运用于腹膜纤维化治疗中。"
LISTED = "(1)硒能抑制EMT；(2)虾青素能减少炎症因子；(3)大黄素能减轻腹膜增厚。"
MICE = "经鼻给药提高了小鼠的存活率。"

SAYS: list[tuple[str, str, str, Relation | None]] = [
    (EXOSOME, "外泌体能够越过血脑屏障。", "supported", None),
    (EXOSOME, "外泌体很少引起免疫排斥。", "supported", None),
    (EXOSOME, "外泌体不能越过血脑屏障。", "contradicted", "denied"),
    (EXOSOME, "“外泌体能够越过血脑屏障”这一说法不成立。", "contradicted", "denied"),
    (EXOSOME, "外泌体在任何情况下都不会引起免疫排斥。", "partial", "wider"),
    (COMPARED, "静脉组的疗效优于动脉组。", "supported", None),
    (COMPARED, "静脉组的疗效差于动脉组。", "contradicted", "opposite"),
    (COMPARED, "动脉组的疗效优于静脉组。", "contradicted", "reversed"),
    (TESTED, "支原体检测结果为阳性。", "contradicted", "opposite"),
    (TESTED, "The mycoplasma test was positive.", "unsupported", "missing"),
    (HOPED, "硫化氢缓释剂已运用于腹膜纤维化治疗中。", "contradicted", "stronger"),
    (LISTED, "虾青素能减少炎症因子。", "supported", None),
    (LISTED, "大黄素能抑制EMT。", "partial", "missing"),
    (MICE, "经鼻给药提高了患者的存活率。", "partial", "wider"),
    (MICE, "经鼻给药降低了小鼠的存活率。", "contradicted", "opposite"),
]


class Judging:
    """Judges as the service does, without vectors: no word comes near another one."""

    def __init__(self) -> None:
        terms = read_terms(Path(BUNDLED_TERMS))
        segmenter = Segmenter(terms)
        self._reader = StatementReader(terms, segmenter, is_english)
        text = read_folder(Path(BUNDLED_CORPUS))[0].text
        self._glossary = glosses({token.text for token in segmenter.tokens(text)})

    def __call__(self, claim: str, evidence: str) -> Judgement:
        """Return the judgement on ``claim`` by ``evidence``, with a token for each character, as near as it is the same."""
        mine = np.asarray([(place, place + 1) for place in range(len(claim))], np.int64)
        theirs = np.asarray([(place, place + 1) for place in range(len(evidence))], np.int64)
        same = np.asarray([[1.0 if one == other else 0.0 for other in evidence] for one in claim], np.float32)
        near = Nearness(same, mine, theirs)
        language = "en" if claim.isascii() else "zh"
        return judge_sentence(self._reader.read(claim), evidence, near, [], self._reader, self._glossary, language)


@pytest.fixture(scope="module")
def judged() -> Judging:
    return Judging()


@pytest.mark.parametrize(("evidence", "claim", "support", "relation"), SAYS)
def test_a_claim_gets_its_verdict_and_the_piece_that_decided_it(
    evidence: str, claim: str, support: str, relation: Relation | None, judged: Judging
) -> None:
    """The places of its parts lie in claim and evidence."""
    found = judged(claim, evidence)
    assert found.support == support, found
    assert relation is None or relation in {part.relation for part in found.parts}, found.parts
    for part in found.parts:
        assert 0 <= part.span.start < part.span.end <= len(claim)
        assert part.place is None or 0 <= part.place.start <= part.place.end <= len(evidence)


def test_each_item_of_a_list_speaks_for_itself() -> None:
    """What an item says isn't said of the thing that another one is about."""
    assert [part.of(LISTED) for part in segments(LISTED)] == [
        "(1)硒能抑制EMT；",
        "(2)虾青素能减少炎症因子；",
        "(3)大黄素能减轻腹膜增厚。",
    ]


@pytest.mark.parametrize(
    ("judgements", "chosen"),
    [
        ([("partial", 0.9), ("supported", 0.85)], 1),
        ([("contradicted", 0.95), ("supported", 0.9)], 0),
        ([("contradicted", 0.85), ("partial", 0.95)], 1),
        ([("supported", 0.6), ("partial", 0.9)], 1),
    ],
)
def test_the_sentence_that_has_most_of_a_claim_decides(judgements: list[tuple[str, float]], chosen: int) -> None:
    """One that supports it doesn't count beside one that contradicts more of its words, or has far more of it."""
    assert decides(judgements) == chosen  # type: ignore[arg-type]
