"""The normal forms of documents that were searched within, kept as long as they fit a bound."""

import threading
from array import array
from collections import OrderedDict
from dataclasses import dataclass

from corpus.matching import normalise
from corpus.model import Document, Span


@dataclass(frozen=True, slots=True)
class NormalForm:
    """A document's text in normal form; ``places[i]`` is the code point of the text that its i-th character came from."""

    text: str
    places: "array[int]"

    def original(self, start: int, end: int) -> Span:
        """Return the span of the document's text that ``text[start:end]`` (not empty) came from."""
        return Span(self.places[start], self.places[end - 1] + 1)


class NormalForms:
    """Makes normal forms and keeps the last ones, of at most ``most`` characters together; a character takes six bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, NormalForm] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def of(self, document: Document) -> NormalForm:
        """Return the normal form of a document's text."""
        with self._lock:
            form = self._kept.get(document.sha256)
            if form is not None:
                self._kept.move_to_end(document.sha256)
                return form
        normal = normalise(document.text)
        form = NormalForm(normal.text, array("I", normal.starts))
        self._keep(document.sha256, form)
        return form

    def _keep(self, key: str, form: NormalForm) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = form
            self._characters += len(form.text)
            while self._characters > self._most:
                _, gone = self._kept.popitem(last=False)
                self._characters -= len(gone.text)
