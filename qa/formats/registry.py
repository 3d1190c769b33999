"""The citation formats by the names that addresses use."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from qa.formats.bibtex import bibtex
from qa.formats.csl import csl_text
from qa.formats.gbt import gbt
from qa.formats.plain import plain
from qa.formats.ris import ris
from qa.model import Citation

FormatName = Literal["gbt", "gbt2015", "bibtex", "ris", "csl", "text"]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a citation down: its media type, the ending of a file of it, and what writes it."""

    media_type: str
    ending: str
    write: Callable[[Citation], str]


FORMATS: dict[FormatName, Format] = {
    "gbt": Format("text/plain", "txt", gbt),
    "gbt2015": Format("text/plain", "txt", lambda citation: gbt(citation, 2015)),
    "bibtex": Format("application/x-bibtex", "bib", bibtex),
    "ris": Format("application/x-research-info-systems", "ris", ris),
    "csl": Format("application/vnd.citationstyles.csl+json", "json", csl_text),
    "text": Format("text/plain", "txt", plain),
}
