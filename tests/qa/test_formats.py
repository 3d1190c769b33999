"""Citation formats: golden files, and what a reader of each format finds in them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import bibtexparser
import jsonschema
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.model import Author, Passage, Source, Span
from qa.formats.bibtex import bibtex, entry_key, escape
from qa.formats.gbt import gbt, reference_of
from qa.formats.locator import one_line
from qa.formats.plain import reference_line
from qa.formats.registry import FORMATS
from qa.model import Citation

GOLDEN = Path(__file__).with_name("golden")
QUOTE = "外泌体能够越过血脑屏障，又很少引起免疫排斥。"

REVIEW = Source(
    title="Therapeutic potential of mesenchymal stem cells in neurodegenerative diseases",
    authors=tuple(
        Author(family, given)
        for family, given in (("Cui", "C X"), ("Shao", "X N"), ("Li", "Y Y"), ("Qiao", "L"), ("Lin", "J T"), ("Guan", "L H"))
    ),
    container_title="World Journal of Stem Cells",
    container_title_short="World J Stem Cells",
    year=2025,
    volume="17",
    issue="8",
    article_number="107717",
    doi="10.4252/wjsc.v17.i8.107717",
    url="https://www.wjgnet.com/1948-0210/full/v17/i8/107717.htm",
    language="en",
)
CHINESE = Source(
    title="间充质干细胞治疗的研究进展",
    authors=(Author("王小明"), Author("欧阳", "修"), Author("李四"), Author("赵六")),
    container_title="中国组织工程研究",
    year=2024,
    volume="28",
    issue="3",
    pages="452-458",
    language="zh-CN",
)
# CSL-JSON as the specification gives it, cut down to what can occur here: no other key, no other type of value.
CSL_SCHEMA: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "type", "title"],
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["article", "article-journal", "book", "document", "thesis", "webpage", "report"]},
            **{
                key: {"type": "string", "minLength": 1}
                for key in ("id", "title", "container-title", "container-title-short", "volume", "issue", "page", "number",
                            "DOI", "URL", "language", "note", "annote")
            },
            "author": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["family"],
                    "additionalProperties": False,
                    "properties": {"family": {"type": "string"}, "given": {"type": "string", "minLength": 1}},
                },
            },
            "issued": {
                "type": "object",
                "required": ["date-parts"],
                "properties": {"date-parts": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}},
            },
        },
    },
}  # fmt: skip


def citation(source: Source = REVIEW, quote: str = QUOTE, title: str = "一篇综述的中文摘编") -> Citation:
    """Return a citation of ``quote`` in a document that digests ``source``."""
    span = Span(120, 120 + len(quote))
    passage = Passage("0123456789abcdef", "msc-review", ("四种作用机制", "旁分泌：靠分泌物起效"), span, (span,), quote)
    return Citation(1, passage, title, quote, span, "", "", source)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("source", ["review", "chinese"])
def test_each_format_is_as_its_golden_file(name: str, source: str) -> None:
    """Character for character; a changed format is a changed golden file."""
    item = citation() if source == "review" else citation(CHINESE, title=CHINESE.title)
    golden = GOLDEN / f"{source}.{name}.{FORMATS[name].ending}"  # type: ignore[index]
    assert FORMATS[name].write(item).replace("\r\n", "\n") == golden.read_text(encoding="utf-8")  # type: ignore[index]


def test_the_editions_of_the_standard_differ_in_names_marks_and_carrier() -> None:
    """2015 sets family names in capitals and marks half width; 2025 neither, and keeps the address."""
    new, old = reference_of(REVIEW), reference_of(REVIEW, 2015)
    assert (
        new.startswith("Cui C X，Shao X N，Li Y Y，et al. ")
        and "[J/OL]. World Journal of Stem Cells，2025，17（8）：107717." in new
    )
    assert (
        old.startswith("CUI C X, SHAO X N, LI Y Y, et al. ")
        and "[J]. World Journal of Stem Cells, 2025, 17(8): 107717." in old
    )
    assert new.endswith("DOI:10.4252/wjsc.v17.i8.107717.") and old.endswith("DOI:10.4252/wjsc.v17.i8.107717.")


def test_and_others_is_said_in_the_language_of_the_item() -> None:
    """等 for a Chinese item, et al for another, whatever document it was read in."""
    assert reference_of(CHINESE).startswith("王小明，欧阳修，李四，等. ")
    assert reference_of(REVIEW).startswith("Cui C X，Shao X N，Li Y Y，et al. ")
    assert reference_line(replace(REVIEW, authors=REVIEW.authors * 2)).startswith(
        "Cui CX, Shao XN, Li YY, Qiao L, Lin JT, Guan LH, et al."
    )


def test_hyphens_between_initials_stay_in_2025_only() -> None:
    """Jean-Luc is J-L now, and J L in the edition before."""
    source = Source("A title", (Author("Godard", "Jean-Luc"),), year=2020)
    assert reference_of(source).startswith("Godard J-L. ") and reference_of(source, 2015).startswith("GODARD J L. ")


@pytest.mark.parametrize(("source", "said"), [(CHINESE, "[出版年不详]"), (REVIEW, "[n.d.]")])
def test_a_year_that_is_not_known_is_said(source: Source, said: str) -> None:
    """In words where a style wants a year, and left out where a field would hold it."""
    undated = replace(source, year=None)
    assert said in reference_of(undated) and said in reference_of(undated, 2015) and said in reference_line(undated)
    made = citation(undated)
    assert "year = " not in bibtex(made)
    assert "\nPY" not in FORMATS["ris"].write(made) and "issued" not in json.loads(FORMATS["csl"].write(made))[0]


def test_a_source_without_anything_but_a_title_is_cited() -> None:
    """A pasted text with no record at all gives a whole entry in every format."""
    made = citation(Source("无题名录", type="document"), title="无题名录")
    assert reference_of(made.source) == "无题名录[Z]. [出版年不详]."
    for written in FORMATS.values():
        assert "无题名录" in written.write(made)
    assert "引文读自" not in gbt(made) and "引文读自" in gbt(citation())


def test_a_digest_is_named_as_what_was_read() -> None:
    """The work is cited; every format says that the quote isn't in its own words."""
    for written in FORMATS.values():
        assert "引文读自《一篇综述的中文摘编》" in written.write(citation())
    english = citation(REVIEW, "Exosomes cross it.", "A digest of a review")
    assert "Read in “A digest of a review”" in gbt(english)


def test_bibtex_reads_back() -> None:
    """Bibtexparser finds one entry, whose fields decode to the record's."""
    fields = parsed(bibtex(citation()))
    assert fields["journal"] == REVIEW.container_title and fields["year"] == "2025"
    assert fields["volume"] == "17" and fields["number"] == "8" and fields["pages"] == "107717"
    assert fields["doi"] == REVIEW.doi and fields["url"] == REVIEW.url
    assert fields["title"].strip("{}") == REVIEW.title
    assert fields["author"].split(" and ")[0] == "Cui, C X" and len(fields["author"].split(" and ")) == 6
    assert fields["annote"] == QUOTE and "120–" in fields["note"]


def test_ris_reads_back() -> None:
    """Rispy finds one record with the same values."""
    (record,) = rispy.loads(FORMATS["ris"].write(citation()).replace("\r\n", "\n"))
    assert record["type_of_reference"] == "JOUR" and record["title"] == REVIEW.title
    assert record["authors"][0] == "Cui, C X" and len(record["authors"]) == 6
    assert record["secondary_title"] == REVIEW.container_title and record["year"] == "2025"
    assert record["volume"] == "17" and record["number"] == "8" and record["doi"] == REVIEW.doi
    assert any(QUOTE in note for note in record["notes"])


def test_csl_json_follows_its_schema() -> None:
    """Every source of these tests gives an item that the schema allows."""
    for source in (REVIEW, CHINESE, Source("无题名录", type="document"), replace(REVIEW, year=None, authors=())):
        item = json.loads(FORMATS["csl"].write(citation(source)))
        jsonschema.validate(item, CSL_SCHEMA)
        assert item[0]["annote"] == QUOTE


NASTY = st.text(
    st.one_of(st.sampled_from("{}\\&%$#_~^\"'@,=\n\r\tàÉñø王小明—–〔😀\u202e\u0301"), st.characters(codec="utf-8")),
    max_size=24,
)
NAMES = st.builds(Author, NASTY.filter(lambda text: one_line(text)), NASTY)


@settings(max_examples=150, deadline=None)
@given(title=NASTY.filter(lambda text: one_line(text)), authors=st.lists(NAMES, max_size=5), quote=NASTY.filter(bool))
def test_names_and_titles_of_any_characters_stay_one_entry(title: str, authors: list[Author], quote: str) -> None:
    """Braces, backslashes, line breaks and the like never end a field, an entry or a record early."""
    source = Source(title, tuple(authors), container_title=title, year=1999, url="https://example.org/{a}?b=\\c d")
    made = citation(source, quote)
    library = bibtexparser.parse_string(bibtex(made), append_middleware=[])
    assert len(library.entries) == 1 and not library.failed_blocks
    assert library.entries[0].key == entry_key(made)
    assert library.entries[0].fields_dict["title"].value.strip() == "{" + escape(title) + "}" or title.strip("{}") == ""
    (record,) = rispy.loads(FORMATS["ris"].write(made).replace("\r\n", "\n"))
    assert record["title"].strip() == one_line(title)
    assert len(record.get("authors", [])) == len(authors)
    jsonschema.validate(json.loads(FORMATS["csl"].write(made)), CSL_SCHEMA)
    for name in ("gbt", "gbt2015", "text"):
        assert FORMATS[name].write(made).count("\n") == (3 if name == "text" else 2)  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("50 % & more", r"50 \% \& more"),
        ("a_b^c~d#e$f", r"a\_b\textasciicircum{}c\textasciitilde{}d\#e\$f"),
        ("{x}\\y", r"\lbrace{}x\rbrace{}\textbackslash{}y"),
        ("Müller, Østergård 王", "Müller, Østergård 王"),
    ],
)
def test_what_tex_gives_a_meaning_is_escaped(text: str, escaped: str) -> None:
    """And decodes to the same text again; accents and Chinese stay as they are (the file is UTF-8)."""
    assert escape(text) == escaped
    entry = bibtexparser.parse_string(f"@misc{{k, note = {{{escaped}}}}}", append_middleware=[LatexDecodingMiddleware()])
    # The reader knows the command for ^ as the raised accent of that shape.
    assert entry.entries[0].fields_dict["note"].value.replace("ˆ", "^") == text


def parsed(text: str) -> dict[str, str]:
    """Return the fields of the one entry of a BibTeX file, decoded."""
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert len(library.entries) == 1 and not library.failed_blocks
    return {field.key: str(field.value) for field in library.entries[0].fields}
