"""A corpus of any size and a small embedding model, both made here: the same on every machine, and about nothing true.

Sentences are templates filled with words of the term base and with numbers. Passages are as long as those of the bundled
text (about 135 characters and 100 tokens) and each is different, so that an index of them costs what a real one costs.
"""

import random
from pathlib import Path

from corpus.term_files import read_terms
from qa.settings import BUNDLED_TERMS

DIMENSION = 384  # that of the default model: stored vectors take as much room
_TEMPLATES = (
    "在第{n}组实验中，{a}经静脉输注后使{b}的水平下降了{p}%，差异具有统计学意义",
    "研究者观察到{a}与{b}同时出现在{n}例样本中，其中{p}%在随访期内保持稳定",
    "{a}能够调节{b}，这一作用在给药后第{n}天最为明显，剂量为每千克{p}万个细胞",
    "与对照组相比，接受{a}的{n}只小鼠运动功能改善，{b}的表达升高到{p}倍",
    "目前关于{a}如何影响{b}的证据来自{n}项研究，合并效应为{p}",
    "作者认为{a}不能单独解释{b}的变化，因为有{p}%的个体在第{n}周没有反应",
)


def write_corpus(folder: Path, documents: int, passages: int) -> None:
    """Write ``documents`` Markdown files into ``folder``, each of about ``passages`` passages."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [concept.id for concept in read_terms(BUNDLED_TERMS).concepts]
    for number in range(documents):
        (folder / f"text-{number:05d}.md").write_text(_text(number, passages, words), encoding="utf-8")


def sentence(chance: random.Random, words: list[str]) -> str:
    """Return a sentence that ``chance`` draws."""
    first, second = chance.sample(words, 2)
    template = chance.choice(_TEMPLATES)
    return template.format(a=first, b=second, n=chance.randint(2, 9999), p=round(chance.uniform(1, 99), 2)) + "。"


def write_model(folder: Path, texts: list[str]) -> None:
    """Write an untrained one-layer BERT as a sentence-transformers folder; ``texts`` give its tokenizer's pieces."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    pieces = Tokenizer(models.Unigram())
    pieces.normalizer = normalizers.NFKC()
    pieces.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<pad>", "<unk>", "<s>", "</s>"]
    trainer = trainers.UnigramTrainer(vocab_size=6000, special_tokens=special, unk_token="<unk>", max_piece_length=2)
    pieces.train_from_iterator(texts, trainer)
    pieces.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 2), ("</s>", 3)])
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=pieces.get_vocab_size(),
        hidden_size=DIMENSION,
        num_hidden_layers=1,
        num_attention_heads=6,
        intermediate_size=DIMENSION,
        max_position_embeddings=520,
        pad_token_id=0,
    )
    bare = folder / "bare"
    BertModel(config).save_pretrained(bare)
    PreTrainedTokenizerFast(
        tokenizer_object=pieces, pad_token="<pad>", unk_token="<unk>", cls_token="<s>", sep_token="</s>"
    ).save_pretrained(bare)
    transformer = Transformer(str(bare), max_seq_length=512)
    model = SentenceTransformer(modules=[transformer, Pooling(DIMENSION)], device="cpu")
    model.save(str(folder / "model"))


def _text(number: int, passages: int, words: list[str]) -> str:
    chance = random.Random(number)
    parts = [f"# 合成文本第{number}篇\n"]
    for section in range(max(1, passages // 4)):
        parts.append(f"\n## {chance.choice(words)}的第{section + 1}部分\n")
        for _ in range(min(passages, 4)):
            parts.append("\n" + "".join(sentence(chance, words) for _ in range(3)) + "\n")
    return "".join(parts)
