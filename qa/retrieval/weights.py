"""The numbers that were learned: how signals are weighed, and when a question counts as answered."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from index.models.calibration import TextLanguage

BIAS = "bias"  # the name of what is added to log odds whatever the signals are
FILE = Path(__file__).with_name("weights.json")


class WeightsError(Exception):
    """The weights can't be read, or belong to another model."""


@dataclass(frozen=True, slots=True)
class LanguageWeights:
    """For questions of one language: weights of signals by name, and the logistic models of answerability.

    ``passage`` and ``sentence`` weigh the signals of retrieval (`find_candidates`); ``subject`` and ``answerable`` weigh
    those of answerability (`answer_signals`) into the log odds that a question is about the corpus's subject, and that it is
    answered if it is. From the confidence ``threshold`` on a question is answered.
    """

    passage: Mapping[str, float]
    sentence: Mapping[str, float]
    subject: Mapping[str, float]
    answerable: Mapping[str, float]
    threshold: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything learned, for one model: what made it, and the weights of each language."""

    model: str
    made_by: str
    candidates: int
    stop_weight: float
    heading_share: float
    languages: Mapping[TextLanguage, LanguageWeights]


def read_weights(path: Path = FILE, model: str | None = None) -> Weights:
    """Return the weights of a JSON file, which must be those of ``model`` where that is given.

    Raises ``WeightsError`` with what to do.
    """
    try:
        item = json.loads(path.read_bytes())
        if not isinstance(item, dict) or not isinstance(item.get("languages"), dict):
            raise TypeError("it must be a JSON object with languages")
        languages = {language: LanguageWeights(**values) for language, values in item.pop("languages").items()}
        weights = Weights(languages=languages, **item)
        _check_numbers(weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what_to_do = "Reinstall mscqa." if path == FILE else "Write them anew with `mscqa fit --write my-weights.json`."
        raise WeightsError(f"The weights {path.name} can't be read ({error}). {what_to_do}") from error
    if set(weights.languages) != {"zh", "en"}:
        raise WeightsError(f"The weights {path.name} must have the languages zh and en.")
    if model is not None and weights.model != model:
        raise WeightsError(
            f"The weights {path.name} were learned for the model {weights.model!r}, not for {model!r}. Learn them anew with"
            " `mscqa fit --write my-weights.json` and set MSCQA_WEIGHTS_FILE=my-weights.json."
        )
    return weights


def _check_numbers(weights: Weights) -> None:
    """Raise ``TypeError`` where a weight is no number: it would be found only when a question is asked."""
    values = {name: getattr(weights, name) for name in ("candidates", "stop_weight", "heading_share")}
    for language, learned in weights.languages.items():
        values[f"{language}: threshold"] = learned.threshold
        for part in ("passage", "sentence", "subject", "answerable"):
            values |= {f"{language}: {part}: {name}": value for name, value in getattr(learned, part).items()}
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} must be a number, not {value!r}")


def write_weights(path: Path, weights: Weights) -> None:
    """Write ``weights`` so that people can read them and `read_weights` can, too."""
    item = asdict(weights)
    languages = item.pop("languages")
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in item.items()]
    lines.append('  "languages": {')
    for place, (language, values) in enumerate(languages.items(), 1):
        lines.append(f'    "{language}": {{')
        lines += [f"      {json.dumps(name)}: {json.dumps(value)}," for name, value in values.items()]
        lines[-1] = lines[-1].rstrip(",")
        lines.append("    }" if place == len(languages) else "    },")
    lines.append("  }")
    path.write_text("\n".join(["{", *lines, "}", ""]), encoding="utf-8")
