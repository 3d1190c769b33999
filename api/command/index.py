"""``mscqa status | rollback | doctor | export | import``: looking after an index. None of them loads the model.

Exit codes: 0 done, or nothing is broken (``doctor``); 1 it failed, or something is broken; 2 wrong use.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.command.build import edits, warnings
from api.command.doctor import examine
from index.building.planning import IndexStatus, Kept, expected_recipe, model_of, serving, status
from index.errors import NoGenerationError
from index.generations.archive import export_generation, import_generation
from index.generations.lock import build_lock
from index.generations.manifest import Manifest, generation_name
from index.generations.store import GenerationStore
from qa.settings import Settings

_MARKS = {"ok": "ok    ", "advice": "advice", "broken": "BROKEN"}
_LONGEST_NAME = 18  # characters of a generation's number


def add_commands(commands: Any) -> None:
    """Add the commands to the parsers of the command line."""
    shown = commands.add_parser("status", help="show the index: generations, sizes, model, and what a build would change")
    shown.set_defaults(run=_status)
    back = commands.add_parser("rollback", help="serve another kept generation until the corpus changes")
    back.add_argument("generation", metavar="GENERATION", help="its number, as `mscqa status` shows it")
    back.set_defaults(run=_rollback)
    doctor = commands.add_parser("doctor", help="check corpus, terms, model, disk and every byte of the index")
    doctor.set_defaults(run=_doctor)
    out = commands.add_parser("export", help="write a generation into one file, for a backup or another machine")
    out.add_argument("generation", nargs="?", metavar="GENERATION", help="its number (default: the one that serves)")
    out.add_argument("file", type=Path, metavar="FILE", help="a new file")
    out.set_defaults(run=_export)
    back_in = commands.add_parser("import", help="verify an exported file and serve it as the next generation")
    back_in.add_argument("file", type=Path, metavar="FILE", help="what `mscqa export` wrote")
    back_in.set_defaults(run=_import)
    for parser in (shown, back, doctor, out, back_in):
        parser.add_argument("--json", action="store_true", help="print as JSON")


def _status(parsed: argparse.Namespace, settings: Settings) -> int:
    found = status(settings.places)
    if parsed.json:
        print(json.dumps(_fields(found, settings.data_dir), ensure_ascii=False))
        return 0
    if not found.generations:
        raise NoGenerationError("There is no index yet. Build one: mscqa build")
    for item in found.generations:
        print(f"{'*' if item.serving else ' '} {item.name}  {_line(item)}")
    if found.rolled_back_from:
        print(f"Rolled back from {found.rolled_back_from}; that holds until the corpus changes.")
    print(_pending(found))
    return 0


def _rollback(parsed: argparse.Namespace, settings: Settings) -> int:
    store = GenerationStore(settings.data_dir)
    before = store.pointer()
    with build_lock(settings.data_dir):
        manifest = store.rollback(_name(parsed.generation), expected_recipe(settings.places, model_of(store)))
    if parsed.json:
        print(json.dumps({"generation": manifest.name, "before": before, **_facts(manifest)}, ensure_ascii=False))
    else:
        left = store.rolled_back_from()
        kept = " Builds publish nothing until the corpus changes, or with --force." if left else ""
        print(f"Generation {manifest.name} serves now (before: {before or 'none'}).{kept}")
    return 0


def _doctor(parsed: argparse.Namespace, settings: Settings) -> int:
    checks = []
    for check in examine(settings):
        checks.append(check)
        if not parsed.json:
            print(f"{_MARKS[check.state]}  {check.name}: {check.detail}")
            if check.mend:
                print(f"        -> {check.mend} {check.mend_zh}")
    broken = any(check.state == "broken" for check in checks)
    if parsed.json:
        print(json.dumps({"broken": broken, "checks": list(map(asdict, checks))}, ensure_ascii=False))
    return int(broken)


def _export(parsed: argparse.Namespace, settings: Settings) -> int:
    store = GenerationStore(settings.data_dir)
    name = _name(parsed.generation) if parsed.generation else serving(store)
    manifest = export_generation(store, name, parsed.file)
    size = parsed.file.stat().st_size
    if parsed.json:
        facts = {"generation": name, "file": str(parsed.file), "bytes": size, **_facts(manifest)}
        print(json.dumps(facts, ensure_ascii=False))
    else:
        print(f"Generation {name} is in {parsed.file} ({size / 1e6:.1f} MB).")
    return 0


def _import(parsed: argparse.Namespace, settings: Settings) -> int:
    store = GenerationStore(settings.data_dir)
    with build_lock(settings.data_dir):
        manifest = import_generation(store, parsed.file, lambda made: expected_recipe(settings.places, made.model))
        store.prune(settings.keep_generations)
    if parsed.json:
        print(json.dumps({"generation": manifest.name, **_facts(manifest)}, ensure_ascii=False))
    else:
        print(f"Generation {manifest.name} serves now: {len(manifest.documents)} documents, {manifest.passages} passages.")
    return 0


def _name(number: str) -> str:
    if len(number) > _LONGEST_NAME:  # none is so long, and nobody wants to read it back
        return f"{number[:_LONGEST_NAME]}…"
    return generation_name(int(number)) if number.isascii() and number.isdigit() else number


def _facts(manifest: Manifest) -> dict[str, Any]:
    return {
        "built_at": manifest.built_at,
        "documents": len(manifest.documents),
        "passages": manifest.passages,
        "content_hash": manifest.content_hash,
    }


def _fields(found: IndexStatus, data_dir: Path) -> dict[str, Any]:
    return {
        "data_dir": str(data_dir),
        "serving": found.serving,
        "rolled_back_from": found.rolled_back_from,
        "generations": [{"generation": item.name, "serving": item.serving, **_record(item)} for item in found.generations],
        "changes": asdict(found.changes) if found.changes else None,
        "refused": list(map(asdict, found.refused)),
        "hindered": found.hindered,
    }


def _record(item: Kept) -> dict[str, Any]:
    if item.manifest is None:
        return {"trouble": item.trouble}
    return {**_facts(item.manifest), "model": item.manifest.recipe.model.name, "bytes": _size(item.manifest)}


def _size(manifest: Manifest) -> int:
    return sum(record.bytes for record in manifest.files.values())


def _line(item: Kept) -> str:
    made = item.manifest
    if made is None:
        return item.trouble
    return (
        f"{made.built_at}  {len(made.documents)} documents, {made.passages} passages, {_size(made) / 1e6:.1f} MB,"
        f" {made.recipe.model.name}"
    )


def _pending(found: IndexStatus) -> str:
    if found.refused:
        return "A build would be refused:\n" + "\n".join(f"  {problem}" for problem in found.refused)
    if found.changes is None:
        return f"A build would be refused: {found.hindered}"
    would = f"A build would change: {edits(found.changes)}."
    lines = [would if found.changes.outcome == "planned" else "A build would change nothing."]
    return "\n".join([*lines, *warnings(found.changes)])
