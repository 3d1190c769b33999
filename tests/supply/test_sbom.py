"""The bill of materials names what runs, and nothing that only tests need."""

import re
from pathlib import Path

from tests.supply.sbom import bill

ROOT = Path(__file__).parents[2]


def test_the_bill_names_all_that_runs_with_the_pinned_versions() -> None:
    """Direct and indirect packages with version, address and licence, and the weights with their hash; no test tool."""
    made = bill()
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", made["serialNumber"])
    components = {item["name"]: item for item in made["components"]}
    assert {"faiss-cpu", "fastapi", "starlette", "torch", "tokenizers", "jieba", "uvicorn", "httptools"} <= set(components)
    assert not {"pytest", "ruff", "mypy", "schemathesis", "hypothesis"} & set(components)
    assert components["multilingual-e5-small"]["hashes"][0]["content"].startswith("1571fc98")
    lines = (ROOT / "constraints.txt").read_text().split()
    pinned = {name.lower().replace("_", "-"): version for name, _, version in (line.partition("==") for line in lines)}
    for name in ("faiss-cpu", "fastapi", "jieba", "tantivy", "uvicorn"):
        assert components[name]["version"] == pinned[name]
        assert components[name]["purl"] == f"pkg:pypi/{name}@{pinned[name]}" and components[name]["licenses"]
    references = {item["bom-ref"] for item in made["components"]} | {made["metadata"]["component"]["bom-ref"]}
    for item in made["dependencies"]:
        assert item["ref"] in references and set(item["dependsOn"]) <= references
    assert sum("licenses" in item for item in made["components"]) > 0.9 * len(components)
