"""The numbers that were learned: how signals are weighed, and when a question counts as answered."""

import difflib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.models.calibration import TextLanguage
from qa.retrieval.signals import BIAS, NAMES, RETIRED

log = logging.getLogger("mscqa")

FILE = Path(__file__).with_name("weights.json")


NOT_FITTED = (
    "nothing was learned for the model %r: passages are ranked by neutral weights, and more is refused than need be."
    " Learn its weights: mscqa fit QUESTIONS --write my-weights.json, then set MSCQA_WEIGHTS_FILE=my-weights.json"
)


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
    """Everything learned, for one model: what made it (empty: nothing was learned), and the weights of each language."""

    model: str
    made_by: str
    candidates: int
    stop_weight: float
    heading_share: float
    languages: Mapping[TextLanguage, LanguageWeights]

    @property
    def is_fitted(self) -> bool:
        """Whether anything was learned."""
        return self.made_by != ""


def read_weights(path: Path = FILE, model: str | None = None) -> Weights:
    """Return the weights of a JSON file, which must be those of ``model`` where that is given.

    Where the package's own are of another model, neutral ones stand in, with a notice. Raises ``WeightsError`` with what to
    do.
    """
    try:
        item = json.loads(path.read_bytes())
        if not isinstance(item, dict) or not isinstance(item.get("languages"), dict):
            raise TypeError("it must be a JSON object with languages")
        languages = {language: _language(language, values) for language, values in item.pop("languages").items()}
        weights = Weights(languages=languages, **item)
        _check_numbers(weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what_to_do = "Reinstall mscqa." if path == FILE else "Write them anew with `mscqa fit --write my-weights.json`."
        raise WeightsError(f"The weights {path.name} can't be read ({error}). {what_to_do}") from error
    if set(weights.languages) != {"zh", "en"}:
        raise WeightsError(f"The weights {path.name} must have the languages zh and en.")
    if model is None or weights.model == model:
        return weights
    if path == FILE:
        log.warning(NOT_FITTED, model)
        return neutral_weights(model)
    raise WeightsError(
        f"The weights {path.name} were learned for the model {weights.model!r}, not for {model!r}. Learn them anew with"
        " `mscqa fit --write my-weights.json` and set MSCQA_WEIGHTS_FILE=my-weights.json."
    )


def neutral_weights(model: str) -> Weights:
    """Return weights for a model that nothing was learned for: legs count alike, and words alone tell what is answered.

    What cosines mean differs from model to model, so refusals leave them out: more is refused, and some wrongly.
    """
    own = LanguageWeights(
        passage={"dense": 0.4, "tokens": 0.1, "words": 0.4, "headings": 0.4, "aside": -0.15},
        sentence={"tokens": 0.5, "canonical": 0.5, "words": 0.6, "defines": 0.3},
        subject={BIAS: 3.0, "nowhere": -3.5, "source": 2.5},
        answerable={BIAS: 0.0, "words": 4.0, "unmet": -2.0, "unknown": -4.5, "kindless": -5.5},
        threshold=0.4,
    )
    return Weights(model, "", 24, 0.3, 0.8, {"zh": own, "en": own})


def _language(language: str, values: Mapping[str, Any]) -> LanguageWeights:
    """Return the weights of a language without retired signals; raises ``ValueError`` for a signal that never was."""
    kept: dict[str, Any] = dict(values)
    for part, known in NAMES.items():
        given = kept.get(part)
        if not isinstance(given, dict):
            continue  # told by the constructor or the check of numbers
        for name in given:
            if name in RETIRED and name not in known:
                log.warning("the weights name the signal %r, which is retired: it counts for nothing", name)
            elif name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f", did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
                raise ValueError(f"{language}: {part}: there is no signal {name!r}{hint}")
        kept[part] = {name: value for name, value in given.items() if name in known}
    return LanguageWeights(**kept)


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
