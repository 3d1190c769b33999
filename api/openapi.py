"""Writes the API's description next to this file: ``python -m api.openapi``; a test holds the two together."""

import json
from pathlib import Path

from api.app import create_app
from qa.settings import Settings

FILE = Path(__file__).with_suffix(".json")


def write() -> None:
    """Write the OpenAPI description of the application."""
    description = json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=1)
    FILE.write_text(description + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
