"""txtai's own API over its hybrid index of the same model; ``python -m … MODEL CORPUS PORT``."""

import json
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.peers.passages import passages


def configure(model: str, corpus: Path, folder: Path) -> Path:
    """Write the index and the API's settings into ``folder``; return the settings' file."""
    from txtai import Embeddings

    settings = {"path": model, "content": True, "hybrid": True, "instructions": {"query": "query: ", "data": "passage: "}}
    embeddings = Embeddings(settings)
    embeddings.index(passages(corpus))
    embeddings.save(str(folder / "index"))
    file = folder / "settings.yml"
    file.write_text(json.dumps({"path": str(folder / "index"), "embeddings": settings}), encoding="utf-8")  # JSON is YAML
    return file


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        os.environ["CONFIG"] = str(configure(sys.argv[1], Path(sys.argv[2]), Path(name)))
        import uvicorn

        uvicorn.run("txtai.api:app", port=int(sys.argv[3]), log_level="warning")
