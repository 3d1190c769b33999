"""The reranker port, with a real CrossEncoder that is tiny and made here."""

from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models.embedding import Embedder, embedding_text
from qa.bootstrap import wired
from qa.retrieval.cross_encoder import CrossEncoderReranker
from qa.service import Service
from qa.settings import Settings
from tests.data_folder import settings_of

QUESTION = "外泌体有哪些作用？"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CrossEncoder of one layer with random weights, over single characters."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    made = tmp_path_factory.mktemp("reranker")
    characters = sorted({chr(code) for code in range(0x4E00, 0x9FA6)} | set("abcdefghijklmnopqrstuvwxyz0123456789，。？"))
    vocabulary = {token: number for number, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *characters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(made)
    torch.manual_seed(3)
    BertForSequenceClassification(
        BertConfig(
            vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
            num_labels=1,
        )
    ).save_pretrained(made)  # fmt: skip
    return made


def test_the_first_passages_come_in_the_rerankers_order(folder: Path, service: Service, embedder: Embedder) -> None:
    """Same passages, its order, and scores, citations and evidence that still hold."""
    reranker = CrossEncoderReranker(str(folder))
    other = wired(settings_of(service), embedder, reranker)
    other.refresh()
    plain, again = service.ask(QUESTION, limit=20), other.ask(QUESTION, limit=20)
    assert {hit.passage.id for hit in plain.hits} == {hit.passage.id for hit in again.hits}
    texts = [embedding_text(hit.passage) for hit in plain.hits]
    order = np.argsort(-reranker.score(QUESTION, texts), kind="stable")
    assert [hit.passage.id for hit in again.hits] == [plain.hits[place].passage.id for place in order]
    assert [hit.score for hit in again.hits] == [hit.score for hit in plain.hits]
    assert [citation.quote for citation in again.citations[:20]] == [hit.evidence[0].text for hit in again.hits]
    assert again.answerable == plain.answerable and again.confidence == plain.confidence


def test_nothing_is_scored_where_there_is_nothing(folder: Path) -> None:
    """No texts, no scores."""
    assert CrossEncoderReranker(str(folder)).score(QUESTION, []).shape == (0,)


def test_a_reranker_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    """A folder without a model."""
    with pytest.raises(ModelError, match="MSCQA_RERANKER"):
        CrossEncoderReranker(str(tmp_path))


def test_the_default_is_none() -> None:
    """Nobody pays for what they didn't ask for."""
    assert Settings().reranker == ""
