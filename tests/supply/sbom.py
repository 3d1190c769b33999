"""A software bill of materials (CycloneDX 1.6, JSON) of what mscqa runs with: ``python -m tests.supply.sbom [FILE]``.

It lists what is installed and asked for by mscqa, directly or not, each with version, package URL and licence, and the
model's weights with their hash. No network is asked.
"""

import json
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from index.models.default_model import CARRIER, CARRIER_FILE, CARRIER_SHA256, CARRIER_VERSION, NAME

ROOT = "mscqa"
_FREE_TEXT = 64  # characters from which a licence field is a whole text and no name


@dataclass(frozen=True, slots=True)
class Needed:
    """A distribution that is installed, and the canonical names of what it is needed with."""

    package: Distribution
    needs: frozenset[str]


def installed() -> dict[str, Needed]:
    """Return the distributions that mscqa needs here, by their canonical names, itself among them."""
    found: dict[str, Needed] = {}
    wanted: list[tuple[str, frozenset[str]]] = [(ROOT, frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        name, extras = asked = wanted.pop()
        if asked in seen:
            continue
        seen.add(asked)
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform, or an extra that isn't there
        needed = list(needs(package, extras))
        before = found[name].needs if name in found else frozenset()
        found[name] = Needed(package, before | {item for item, _ in needed})
        wanted += needed
    return dict(sorted(found.items()))


def needs(package: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what a distribution with ``extras`` asks for on this platform: canonical names, each with its own extras."""
    for item in map(Requirement, package.requires or ()):
        if item.marker is None or any(item.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield canonicalize_name(item.name), frozenset(item.extras)


def bill() -> dict[str, Any]:
    """Return the bill as CycloneDX has it."""
    packages = installed()
    components = [_component(name, item.package) for name, item in packages.items() if name != ROOT]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {**_component(ROOT, packages[ROOT].package), "type": "application"},
        },
        "components": [*components, _model()],
        "dependencies": [
            {
                "ref": _reference(name, item.package),
                "dependsOn": [_reference(other, packages[other].package) for other in sorted(item.needs & packages.keys())],
            }
            for name, item in packages.items()
        ],
    }


def _component(name: str, package: Distribution) -> dict[str, Any]:
    reference = _reference(name, package)
    made = {"type": "library", "bom-ref": reference, "name": name, "version": package.version, "purl": reference}
    licence = _licence(package)
    return {**made, "licenses": [licence]} if licence else made


def _reference(name: str, package: Distribution) -> str:
    return f"pkg:pypi/{name}@{package.version}"


def _licence(package: Distribution) -> dict[str, Any] | None:
    meta = package.metadata
    if expression := meta.get("License-Expression"):
        return {"expression": expression}
    named = meta.get("License", "").strip()
    if named and len(named) < _FREE_TEXT and "\n" not in named:
        return {"license": {"name": named}}
    classified = [line.rpartition(" :: ")[2] for line in meta.get_all("Classifier") or () if line.startswith("License")]
    return {"license": {"name": classified[0]}} if classified else None


def _model() -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{NAME}",
        "name": NAME,
        "version": CARRIER_VERSION,
        "description": f"{CARRIER_FILE} of the package {CARRIER}",
        "hashes": [{"alg": "SHA-256", "content": CARRIER_SHA256}],
        "licenses": [{"license": {"id": "MIT"}}],
    }


if __name__ == "__main__":
    words = json.dumps(bill(), ensure_ascii=False, indent=1) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(words, encoding="utf-8")
    else:
        print(words, end="")
