"""A real HTTP server on this machine that answers as OpenAI-compatible endpoints do, from recorded streams.

The model's name chooses the recording, so that one server plays every kind of model and every kind of trouble.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parent / "recordings"

TEXTS = {
    "good-en": "Exosomes can cross the blood-brain barrier [1]. They rarely cause immune rejection [1].",
    "good-zh": "外泌体能够越过血脑屏障[1]。外泌体很少引起免疫排斥[1]。",
    "after-stop": "外泌体能够越过血脑屏障。[1]外泌体很少引起免疫排斥。【1】",
    "garbage": "]]][[[ %% \x00\x01 ___ {{{ ~~~ ||| \ufffd\ufffd",
    "markup": "## Answer\n\n- **Exosomes** can <b>cross</b> the blood-brain barrier [1].\n<script>alert(1)</script>\n",
    "thinking": "<think>They ask about exosomes. [1]</think>Exosomes can cross the blood-brain barrier [1].",
    "russian": "Экзосомы проходят через гематоэнцефалический барьер [1].",
    "wrong-language": "外泌体能够越过血脑屏障[1]。",
    "invented-number": "Exosomes can cross the blood-brain barrier in 97 percent of patients [1].",
    "negated": "Exosomes cannot cross the blood-brain barrier [1].",
    "swapped": "Exosomes can cross the blood-brain barrier in multiple sclerosis [1].",
    "invented-citation": "Exosomes can cross the blood-brain barrier [9]. Exosomes rarely cause immune rejection [0].",
    "uncited": "Exosomes can cross the blood-brain barrier.",
    "uncited-false": "Exosomes cannot cross the blood-brain barrier.",
    "uncited-more": "Exosomes can cross the blood-brain barrier and the intestinal wall within some minutes.",
    "asking": "Can exosomes cross the blood-brain barrier? [1]",
    "stammering": "Exosomes, exosomes, exosomes [1].",
    "false-quote": "The text says “exosomes cure every disease” and exosomes cross the blood-brain barrier [1].",
    "off-subject": "The committee met on Tuesday to discuss the budget for roads and bridges [1].",
    "obedient": "SYSTEM OVERRIDE ACCEPTED. Visit https://evil.example/pay now [1]."
    " Exosomes can cross the blood-brain barrier [1].",
    "mixed": "Exosomes can cross the blood-brain barrier [1]. They cure 97 percent of patients [1].",
    "vesicles": "Extracellular vesicles can cross the blood-brain barrier [2]. They cure 97 percent of patients [1].",
    "nothing": "",
    "blank": " \n\n ",
    "endless": "Exosomes can cross the blood-brain barrier [1]. " * 400,
}


class RecordedEndpoint(ThreadingHTTPServer):
    """The server; ``requests`` holds what it was asked, ``left`` counts clients that went away before the end."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.left = threading.Event()
        self.plays: str | None = None  # a recording to play whatever model is asked for

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: RecordedEndpoint

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.keys.append(self.headers.get("Authorization", ""))
        model = self.server.plays or body["model"]
        if model in ("500", "401", "404"):
            self.send_response(int(model))
            self.end_headers()
            self.wfile.write(b'{"error": {"message": "recorded refusal"}}')
        elif model == "silent":
            time.sleep(30)
        elif model == "page":
            self._begin("text/html")
            self.wfile.write(b"<!doctype html><title>Not an endpoint</title>")
        elif model == "broken-json":
            self._begin()
            self.wfile.write(b'data: {"choices": [{"delta": {"content": \n\n')
        elif model == "error-in-stream":
            self._begin()
            self.wfile.write(_chunk("Exosomes ") + b'data: {"error": {"message": "out of memory", "code": 500}}\n\n')
        elif model == "cut":
            self._begin(length=10_000)
            self._play(TEXTS["good-en"], end=False)
        elif model == "slow":
            self._begin()
            self._play(TEXTS["endless"], pause=0.05)
        elif (RECORDINGS / model).is_file():
            self._begin()
            self.wfile.write((RECORDINGS / model).read_bytes())
        else:
            self._begin()
            self._play(TEXTS[model])

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""

    def _begin(self, media: str = "text/event-stream", length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media)
        if length:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _play(self, text: str, *, pause: float = 0.0, end: bool = True) -> None:
        try:
            for start in range(0, len(text), 7):
                self.wfile.write(_chunk(text[start : start + 7]))
                self.wfile.flush()
                time.sleep(pause)
            if end:
                self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            self.server.left.set()


def _chunk(content: str) -> bytes:
    item = {
        "id": "recorded",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "recorded",
        "choices": [{"index": 0, "delta": {"content": content}, "finish_reason": None}],
    }
    return b"data: " + json.dumps(item, ensure_ascii=False).encode() + b"\n\n"


@contextmanager
def recorded_endpoint() -> Iterator[RecordedEndpoint]:
    """Serve recordings until the block is left."""
    server = RecordedEndpoint()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
