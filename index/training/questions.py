"""Statements and keywords turned into what people type: questions by template, key words, slips of the hand."""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TEMPLATES = Path(__file__).with_name("templates.toml")
_LONGEST = {"en": 90, "zh": 24}


@dataclass(frozen=True, slots=True)
class Templates:
    """How questions are made in one language: verbs that split a statement, leads that fall away, and the templates."""

    language: str
    verbs: re.Pattern[str]
    leads: re.Pattern[str]
    of_statement: tuple[str, ...]
    of_keywords: tuple[str, ...]


def read_templates() -> Mapping[str, Templates]:
    """Return the templates by language."""
    found = tomllib.loads(_TEMPLATES.read_text(encoding="utf-8"))
    made = {}
    for language, item in found.items():
        verbs = "|".join(item["verbs"])
        split = (
            rf"\s(?P<verb>{verbs})(?:s|d|ed|es)?\s"
            if language == "en"
            else rf"(?:可|能|会|显著|可以|能够)*(?P<verb>{verbs})了?"
        )
        leads = re.compile(f"(?:{'|'.join(item['leads'])})+", re.IGNORECASE)
        of_statement, of_keywords = tuple(item["of_statement"]), tuple(item["of_keywords"])
        made[language] = Templates(language, re.compile(split, re.IGNORECASE), leads, of_statement, of_keywords)
    return made


def from_statement(statement: str, templates: Templates, chance: random.Random) -> str | None:
    """Return a question that ``statement`` answers, or None where no verb splits it into two short sides."""
    lead = templates.leads.match(statement)
    text = statement[lead.end() :] if lead else statement
    found = templates.verbs.search(text)
    if found is None:
        return None
    edges = " ,，。.;；:："
    subject, thing = text[: found.start()].strip(edges), re.split(r"[,，。;；]|\.\s", text[found.end() :])[0].strip(edges)
    longest = _LONGEST[templates.language]
    if not (2 <= len(subject) <= longest and 2 <= len(thing) <= longest) or re.search(r"[,，。;；]", subject):
        return None
    template = chance.choice(templates.of_statement)
    return template.format(subject=subject, object=thing, verb=found.group("verb").lower())


def from_keywords(keywords: Sequence[str], templates: Templates, chance: random.Random) -> str:
    """Return a question on one or two of ``keywords`` (at least one)."""
    chosen = chance.sample(list(keywords), min(2, len(keywords)))
    if len(chosen) == 1:
        templates_of_one = [text for text in templates.of_keywords if "{other}" not in text]
        return chance.choice(templates_of_one).format(keyword=chosen[0])
    return chance.choice(templates.of_keywords).format(keyword=chosen[0], other=chosen[1])


def with_slip(text: str, chance: random.Random) -> str:
    """Return ``text`` with one Latin letter dropped, doubled or changed places with the next."""
    places = [place for place in range(1, len(text) - 1) if text[place].isascii() and text[place].isalpha()]
    if len(places) < 4:
        return text
    place = chance.choice(places)
    changed = chance.choice((text[place + 1] + text[place], text[place] * 2 + text[place + 1], text[place + 1]))
    return text[:place] + changed + text[place + 2 :]
