"""What no browser is needed for: templates, words, sizes and headers."""

import gzip
import re
from pathlib import Path

import httpx2
import jinja2
import pytest

from api.page import rendering
from api.page.labels import LABELS
from tests.browser.serving import Served
from tests.browser.test_searching import CHINESE, ENGLISH

API = Path(rendering.__file__).parent
TEMPLATES = sorted((API / "templates").iterdir())
MODULE = "".join(path.read_text(encoding="utf-8") for path in (API / "static").glob("*.js"))
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES}
BUDGET = 40_000  # bytes, gzipped: HTML, CSS and JavaScript of a page

PAGES = (
    "/?ui=en",
    f"/?ui=en&q={ENGLISH}",
    f"/?ui=zh&q={CHINESE}",
    "/?ui=zh&q=怎样烤酸面包？",
    "/?ui=en&q=？！",
    "/documents?ui=en&find=MSC",
    "/documents/hostile-text?ui=zh",
    "/documents/nothing?ui=zh",
    "/manage?ui=en",
    "/verify?ui=en",
)


@pytest.mark.parametrize("name", SOURCES)
def test_no_template_passes_text_through_unescaped(name: str) -> None:
    """Neither by the filter, nor by a block, nor by a macro's call."""
    assert not re.search(r"\|\s*safe\b|autoescape\s+(false|False)|Markup|call\(", SOURCES[name])


@pytest.mark.parametrize("name", SOURCES)
def test_no_template_holds_code_or_style(name: str) -> None:
    """No inline script, style or event attribute, and nothing from another host."""
    source = SOURCES[name]
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! type=\"module\" src=\"/static/)", source)
    assert not re.search(r"(src|href|action)=\"(https?:)?//(?!doi\.org/)", source)


def test_every_value_that_a_template_asks_for_must_be_there() -> None:
    """StrictUndefined: a name misspelt is an error and never an empty place."""
    environment = rendering._TEMPLATES
    assert environment.undefined is jinja2.StrictUndefined and environment.autoescape is True
    with pytest.raises(jinja2.UndefinedError):
        environment.from_string("{{ lables.search }}").render()


def test_labels_are_complete_used_and_differ() -> None:
    """Both languages have every word that templates and pages use, with the same places to fill in, and no other."""
    chinese, english = LABELS["zh"], LABELS["en"]
    assert chinese.keys() == english.keys()
    places = re.compile(r"\{\w+\}")
    for key, words in chinese.items():
        assert words.strip() and english[key].strip() and words != english[key], key
        assert sorted(places.findall(words)) == sorted(places.findall(english[key])), key
        assert re.search("[\u4e00-\u9fff]", words) or key in ("other_language", "comma"), key
        assert not re.search("[\u4e00-\u9fff]", english[key]) or key == "other_language", key
    code = "".join(path.read_text(encoding="utf-8") for path in API.glob("*.py") if not path.name.endswith("labels.py"))
    everything = "".join(SOURCES.values())
    used = set(re.findall(r"\b(?:labels|told)\.(\w+)", everything))
    assert used <= chinese.keys(), used - chinese.keys()
    for key in chinese.keys() - used:
        stem = key.split("_")[0] + "_"
        written = (f'"{key}"', f"'{key}'", f'"{stem}"')
        assert any(word in everything + code for word in written), f"{key} is never used"


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole_and_show_no_programs_insides(served: Served, path: str) -> None:
    """One h1, no id twice, every in-page link has its target, and no text that only a program would write."""
    response = httpx2.get(served.url + path)
    html = response.text
    assert html.count("<h1") == 1 and html.count("<main") == 1
    ids = re.findall(r"\sid=\"([^\"]+)\"", html)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r"(?:href=\"#|aria-labelledby=\"|aria-describedby=\"|for=\")([^\"#]+)\"", html))
    assert targets <= set(ids)
    text = re.sub(r"<[^>]+>", " ", html)
    assert not re.search(r"<bound method|built-in method|Undefined|\{\{|\}\}|\bNone\b|\bTrue\b|\{\w+\}", text)
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", html)


@pytest.mark.parametrize("path", PAGES)
def test_headers_close_every_page(served: Served, path: str) -> None:
    """The strict policy with Trusted Types, nothing stored, no referrer."""
    headers = httpx2.get(served.url + path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "mscqa",
    }
    assert headers["cache-control"] == "no-store" and headers["referrer-policy"] == "no-referrer"


def test_the_foot_says_what_becomes_of_questions(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing by default; where MSCQA_LOG_QUESTIONS is set, the page must not say that."""
    assert LABELS["en"]["privacy"] in httpx2.get(f"{served.url}/?ui=en").text
    monkeypatch.setattr(served.runtime, "settings", served.settings.model_copy(update={"log_questions": True}))
    html = httpx2.get(f"{served.url}/?ui=en").text
    assert LABELS["en"]["logged"] in html and LABELS["en"]["privacy"] not in html


@pytest.mark.parametrize("path", PAGES)
def test_a_page_stays_within_its_budget(served: Served, path: str) -> None:
    """HTML, CSS and JavaScript together, gzipped."""
    parts = [
        httpx2.get(served.url + part).content for part in (path, "/static/page.css", "/static/page.js", "/static/manage.js")
    ]
    sizes = [len(gzip.compress(part)) for part in parts]
    print(path, sizes, sum(sizes))
    assert sum(sizes) < BUDGET


def test_the_module_never_writes_text_as_markup() -> None:
    """One place turns the server's own fragment into elements; everything else sets text."""
    assert (
        MODULE.count("createContextualFragment(") == MODULE.count("createContextualFragment(policy.createHTML(html))") == 1
    )
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage|https?://", MODULE
    )
