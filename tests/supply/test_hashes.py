"""The lock with hashes, for those who want one: it names what constraints.txt names, and `make serve` does without it."""

import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply.sbom import ROOT as NAME
from tests.supply.sbom import installed

ROOT = Path(__file__).parents[2]
_ENTRY = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+))? \\$")


def locked() -> dict[str, tuple[str, list[str]]]:
    """Return the version and the hashes of each package of the lock."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in (ROOT / "requirements-hashed.txt").read_text(encoding="utf-8").splitlines():
        if entry := _ENTRY.match(line):
            name = canonicalize_name(entry["name"])
            Requirement(f"{entry['name']}; {entry['marker']}" if entry["marker"] else entry["name"])
            found[name] = (entry["version"], [])
        else:
            hashed = re.fullmatch(r"    --hash=sha256:([0-9a-f]{64})(?: \\)?", line)
            assert hashed, line
            found[name][1].append(hashed[1])
    return found


def pinned() -> dict[str, str]:
    """Return the versions of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def test_the_lock_names_all_that_runs_in_its_pinned_version_with_hashes() -> None:
    """Direct or not, of every platform; of what is pinned no other version."""
    entries, versions = locked(), pinned()
    needed = set(installed()) - {NAME}
    assert needed <= set(entries), needed - set(entries)
    assert all(hashes for _, hashes in entries.values())
    differing = {name: version for name, (version, _) in entries.items() if versions.get(name, version) != version}
    assert not differing, f"make hashes writes it anew: {differing}"
    assert not {"pytest", "ruff", "hypothesis"} & set(entries)


def test_nothing_is_installed_by_the_lock_unless_somebody_wants_it() -> None:
    """Another platform's or index's files have other hashes: the Makefile only writes it."""
    named = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if "hashed" in line]
    assert named and not any("install" in line.partition("##")[0] or "require-hashes" in line for line in named)
