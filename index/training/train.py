"""``python -m index.training.train DATA OUT``: trains the upper layers of the default encoder, and packs what is shipped.

DATA holds ``chinaxiv`` and ``questions`` (index/training/pairs.py); OUT gets checkpoints, so that a run that was broken off
goes on where it was, a figure every so many steps, and the packed layers.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.models.default_model import ensure_default_model
from index.training.loss import BothVectors
from index.training.packing import pack_layers
from index.training.pairs import Triple, abstract_triples, health_triples, question_triples, read_abstracts
from index.training.watching import Watch

SEED = 7
WATCHED = 80  # questions of each kind that are looked at between steps
SHARES = {"abstracts": 0.5, "questions": 0.3, "health": 0.2}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train as the command line says."""
    options = _parser().parse_args(arguments)
    count = options.steps * options.batch
    print(f"Reading {options.data}", flush=True)
    papers = read_abstracts(options.data)
    watched, papers = papers[:200], papers[200:]
    triples = {
        "abstracts": abstract_triples(papers, int(count * SHARES["abstracts"]), SEED),
        "questions": question_triples(options.data, int(count * SHARES["questions"]), SEED),
        "health": health_triples(options.data, int(count * SHARES["health"]), SEED),
    }
    model = _model(options.out, options.layers)
    watch = Watch(abstract_triples(watched, WATCHED, SEED + 1), question_triples(options.data, WATCHED, SEED + 1))
    _train(model, triples, watch, options)
    model.save(str(options.out / "model"))
    path = pack_layers(model, options.layers, options.out)
    print(f"Packed the layers into {path} ({path.stat().st_size / 1e6:.1f} MB)")


def _model(out: Path, layers: int) -> Any:
    """Return the encoder that the default model is made of, all but its ``layers`` upper layers frozen."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(ensure_default_model(out, trained=False)), device="cpu")
    encoder = model[0].model
    frozen = [encoder.embeddings, *encoder.encoder.layer[: len(encoder.encoder.layer) - layers]]
    for part in frozen:
        part.requires_grad_(False)
    return model


def _train(model: Any, triples: dict[str, list[Triple]], watch: Watch, options: argparse.Namespace) -> None:
    import torch
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.base.sampler import MultiDatasetBatchSamplers
    from transformers import TrainerCallback

    class Figures(TrainerCallback):
        """Prints what the encoder finds, every so many steps, and keeps it in ``figures.jsonl``."""

        def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            """Measure where the step's number says so."""
            if state.global_step % options.every == 0 or state.global_step == 1:
                figures = {"step": state.global_step, **watch.figures(model)}
                with (options.out / "figures.jsonl").open("a") as file:
                    file.write(json.dumps(figures) + "\n")
                print(figures, flush=True)

    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    prompts = {"query": "query: ", "positive": "passage: ", "negative": "passage: "}
    data = {
        name: Dataset.from_list([{"query": one.query, "positive": one.positive, "negative": one.negative} for one in rows])
        for name, rows in triples.items()
    }
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(options.out / "checkpoints"),
        max_steps=options.steps,
        per_device_train_batch_size=options.batch,
        learning_rate=options.rate,
        warmup_steps=30,
        lr_scheduler_type="linear",
        multi_dataset_batch_sampler=MultiDatasetBatchSamplers.PROPORTIONAL,
        prompts=prompts,
        bf16=options.bf16,
        use_cpu=True,
        save_steps=options.every,
        save_total_limit=2,
        logging_steps=20,
        report_to="none",
        seed=SEED,
        dataloader_num_workers=0,
    )
    model.max_seq_length = 192
    trainer = SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=data, loss=BothVectors(model), callbacks=[Figures()]
    )
    kept = any((options.out / "checkpoints").glob("checkpoint-*"))
    trainer.train(resume_from_checkpoint=kept)
    model.max_seq_length = 512


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index.training.train", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with chinaxiv and questions")
    parser.add_argument("out", type=Path, help="where checkpoints and the packed layers go")
    parser.add_argument("--steps", type=int, default=240, help="steps of one batch (default 240)")
    parser.add_argument("--batch", type=int, default=16, help="questions a batch (default 16)")
    parser.add_argument("--layers", type=int, default=6, help="how many upper layers are trained (default 6)")
    parser.add_argument("--rate", type=float, default=3e-5, help="learning rate (default 3e-5)")
    parser.add_argument("--every", type=int, default=80, help="steps between figures and checkpoints (default 80)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads (default 2)")
    parser.add_argument("--bf16", action="store_true", help="multiply in 16 bits, where the processor can")
    return parser


if __name__ == "__main__":
    main()
