"""Checking quotes and claims: verdicts, places, and what can't be checked."""

import argparse

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.command import verify
from qa.service import Service
from qa.verification.loose_form import loosen
from qa.verification.model import QuoteError, UnknownDocumentError
from tests.data_folder import settings_of

EXOSOME = "外泌体能够越过血脑屏障，又很少引起免疫排斥"
DOCUMENT = "msc-neurodegenerative-review"


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        (EXOSOME, "verbatim"),
        (f"  {EXOSOME}\n", "verbatim"),
        ("外泌體能夠越過血腦屏障,又很少引起免疫排斥", "normalised"),
        ("外泌体 能够 越过 血脑屏障 又很少引起免疫排斥", "normalised"),
        ("「外泌体能够越过血脑屏障」", "normalised"),
        ("fda 把 ＮｆＬ 当作加速审批的重要参考指标", "normalised"),
        ("2025 年 6 月,一项国际性的干细胞III期临床研究", "normalised"),
        ("外泌体能够越过血脑屏障，FDA 把 NfL 当作加速审批的重要参考指标", "spliced"),
        ("MSC 分泌细胞因子、生长因子和外泌体……而来自旁分泌信号，包括压制炎症、促使血管新生以及保护神经", "spliced"),
        ("获得美国食品药品监督管理局（FDA）批准的 ALS 药物只有四种", "altered"),
        ("间充质干细胞可以治愈糖尿病，并能逆转肝硬化。", "absent"),
        ("The quick brown fox jumps over the lazy dog.", "absent"),
        ("甲", "absent"),
    ],
)
def test_a_quote_gets_its_verdict(service: Service, quote: str, verdict: str) -> None:
    """From word for word to not there at all."""
    assert service.serving.verifier.quote(quote).verdict == verdict


@pytest.mark.parametrize(
    ("quote", "kind", "expected", "found"),
    [
        ("批准的 ALS 药物只有四种，而且效果都不理想", "number", "三", "四"),
        ("90 例临床试验应用", "number", "190", "90"),
        ("400 多例商业应用和 19", "number", "190", "19"),
        ("批准的 HD 药物只有三种，而且效果都不理想", "name", "ALS", "HD"),
        ("MSC 并合用乐卡地平", "name", "BM-MSC", "MSC"),
        ("批准的 ALS 药物只有三种，而且效果都理想", "negation", "不", ""),
        ("一例被认为由治疗引起", "negation", "没有", ""),
        ("该疗法使神经丝轻链（NfL）显著上升", "direction", "下降", "上升"),
        ("Ⅰ期临床研究发布了", "number", "Ⅲ", "Ⅰ"),  # Ⅲ is compared as iii, and β as beta
        ("I期临床研究发布了", "number", "Ⅲ", "I"),
        ("II期临床研究发布了", "number", "Ⅲ", "I"),
        ("a-淀粉样蛋白", "name", "β", "a"),
        ("eta-淀粉样蛋白", "name", "β", "e"),
        ("TGF-b", "name", "β", "b"),
    ],
)
def test_what_was_altered_is_told(service: Service, quote: str, kind: str, expected: str, found: str) -> None:
    """A changed word, and a number, name, negation or character that the quote's edge cuts through."""
    checked = service.serving.verifier.quote(quote)
    assert checked.verdict == "altered"
    assert [(item.kind, item.expected, item.found) for item in checked.differences] == [(kind, expected, found)]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("温度保持 −80 ℃", "温度保持 80 ℃"),
        ("净变化−12%", "净变化12%"),
        ("改变 −3.1（95% CI −4.0 至 −2.2）", "改变 3.1（95% CI 4.0 至 2.2）"),
        ("IL-10↑、TNF-α↓", "IL-10↓、TNF-α↑"),
        ("1×10⁶ 个", "1×106 个"),
        ("1×10⁻⁶ 个", "1×10-6 个"),
        ("d＝.5", "d＝5"),
        ("疗效 ≠ 治愈", "疗效 治愈"),
        ("1∶2", "12"),
        ("关系 A→B", "关系 A←B"),
    ],
)
def test_signs_and_powers_are_part_of_what_is_compared(text: str, quote: str) -> None:
    """A quote that leaves them out or turns them round says something else."""
    assert loosen(quote).text not in loosen(text).text


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("温度保持 −80 ℃", "温度保持 -80℃"),
        ("1×10⁶ 个", "1×10^6个"),
        ("1∶2", "1:2"),
        ("白介素-10 与 IL－10", "白介素10与IL10"),
        ("分组——12 例", "分组12例"),
        ("COVID‑19", "covid 19"),
    ],
)
def test_how_signs_and_hyphens_are_written_makes_no_difference(text: str, quote: str) -> None:
    """Hyphens of names and dashes aren't signs; signs and powers have several shapes."""
    assert loosen(quote).text == loosen(text).text


def test_a_document_can_be_named(service: Service) -> None:
    """Only its text counts then; one that isn't there is told."""
    checked = service.serving.verifier.quote(EXOSOME, DOCUMENT)
    assert checked.matches[0].document_id == DOCUMENT and checked.matches[0].passage_id in service.generation.rows
    with pytest.raises(UnknownDocumentError):
        service.serving.verifier.quote(EXOSOME, "other")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("，。……", "no letter"),
        ("外" * 100_000, "100000 characters"),
        ("外泌体\ud800", "surrogate"),
    ],
)
def test_what_cannot_be_checked_is_refused(service: Service, text: str, reason: str) -> None:
    """With the reason, for quotes and for claims."""
    for check in (service.serving.verifier.quote, service.serving.verifier.claim):
        with pytest.raises(QuoteError, match=reason):
            check(text)


def test_nul_and_hidden_characters_do_not_hide_a_change(service: Service) -> None:
    """They count as nothing: the quote is normalised where the words hold, altered where they don't."""
    assert service.serving.verifier.quote("外泌体\x00能够\u200b越过血脑屏障").verdict == "normalised"
    assert service.serving.verifier.quote("外泌体\u202e不\u202c能够越过血脑屏障").verdict == "altered"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_stretch_of_the_text_is_verbatim_or_cut(service: Service, data: st.DataObject) -> None:
    """A stretch of the document is found where it stands, unless its edge cuts a number, a word or a denied clause."""
    passage = data.draw(st.sampled_from(service.generation.passages))
    start = data.draw(st.integers(0, len(passage.text) - 2))
    quote = passage.text[start : data.draw(st.integers(start + 2, len(passage.text)))]
    if not any(character.isalnum() for character in quote):
        return
    checked = service.serving.verifier.quote(quote)
    if checked.verdict == "altered":
        assert checked.differences[0].kind in ("number", "name", "negation")
        return
    if checked.verdict == "normalised":  # cut here, and whole in another script or width elsewhere: AL of ALS
        assert len(quote.strip()) < 6
        return
    assert checked.verdict == "verbatim"
    text = service.generation.documents[passage.document_id].text
    assert all(match.span.of(text) == match.text == quote.strip() for match in checked.matches)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_gets_a_verdict_or_a_reason(service: Service, text: str) -> None:
    """Never another error; places lie in document and quote."""
    try:
        checked = service.serving.verifier.quote(text)
    except QuoteError:
        return
    for match in checked.matches:
        assert match.span.of(service.generation.documents[match.document_id].text) == match.text
        assert 0 <= match.quote_span.start <= match.quote_span.end <= len(text)


@pytest.mark.parametrize(
    ("claim", "support"),
    [
        ("The FDA has approved only three drugs for ALS.", "supported"),
        ("FDA 批准的渐冻症药物有 3 种。", "supported"),
        ("In June 2025 a phase III trial of stem cells in ALS reported new results.", "supported"),
        ("The FDA has approved five drugs for ALS.", "contradicted"),
        ("Exosomes cannot cross the blood-brain barrier.", "contradicted"),
        ("The FDA has approved three drugs for Parkinson's disease.", "contradicted"),
        ("The therapy significantly raised neurofilament light chain.", "contradicted"),
        ("MSC therapy costs 20,000 dollars per infusion.", "unsupported"),
        ("今天的天气很好。", "unsupported"),
    ],
)
def test_a_claim_is_judged_across_languages(service: Service, claim: str, support: str) -> None:
    """The decisive sentence comes first, with its score and what differs."""
    checked = service.serving.verifier.claim(claim)
    assert checked.support == support
    if support != "unsupported":
        assert checked.evidence[0].support == support
        assert bool(checked.evidence[0].differences) == (support == "contradicted")
    for item in checked.evidence:
        assert item.span.of(service.generation.documents[item.document_id].text) == item.text and 0 <= item.score <= 1


def test_no_sentence_supports_a_claim_that_differs_from_it(service: Service) -> None:
    """'supported' stands beside no difference, in any of the sentences shown."""
    for claim in ("The FDA approved four ALS drugs.", "外泌体不能穿过血脑屏障。", "Riluzole with BM-MSCs raises BDNF."):
        for item in service.serving.verifier.claim(claim).evidence:
            assert item.support != "supported" or not item.differences


def test_the_command_prints_the_verdict_and_tells_it_by_its_exit_code(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 where the quote or claim holds, 3 where it doesn't, 2 where it can't be checked."""
    parser = argparse.ArgumentParser()
    verify.add_command(parser.add_subparsers())
    for arguments, code, printed in (
        (["批准的 ALS 药物只有四种"], 3, "number"),
        (["--json", "--claim", "The FDA has approved only three drugs for ALS."], 0, '"support": "supported"'),
        (["--claim", "--document", "other", EXOSOME], 2, ""),
    ):
        parsed = parser.parse_args(["verify", *arguments])
        assert parsed.run(parsed, settings_of(service)) == code
        assert printed in capsys.readouterr().out


def test_the_parts_of_a_claim_tell_what_is_found_and_what_is_not(service: Service) -> None:
    """Each lies in the claim; what is found lies in the sentence that decides."""
    checked = service.serving.verifier.claim("Exosomes can cross the blood-brain barrier in zebrafish.")
    assert checked.support == "partial"
    first = checked.evidence[0]
    relations = {part.span.of("Exosomes can cross the blood-brain barrier in zebrafish."): part for part in first.parts}
    assert relations["Exosomes"].relation == "same" and relations["zebrafish"].relation in ("missing", "wider")
    place = relations["blood-brain barrier"].place
    assert place is not None and place.of(first.text) == "血脑屏障"


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        ("**外泌体**能够越过[血脑屏障](https://example.org/bbb)，又*很少*引起免疫排斥", "normalised"),
        ("<b>外泌体</b>能够越过<br>血脑屏障&nbsp;，又很少引起免疫排斥", "normalised"),
        ("外泌体能够越\n过血脑屏障，又很\r\n少引起免疫排斥", "normalised"),
        ("**外泌体**不能越过血脑屏障，又很少引起免疫排斥", "altered"),
        ("美国食品药品监督管理局（FDA）每年审查上千份医疗器械申请", "absent"),
        ("间充质干细胞移植以后第二天就可以出院回家休息", "absent"),
    ],
)
def test_marks_are_no_words_and_a_name_alone_is_no_quote(service: Service, quote: str, verdict: str) -> None:
    """Markup and soft breaks change nothing; what shares a name or less than half with a text isn't from it."""
    assert service.serving.verifier.quote(quote).verdict == verdict


def test_the_english_beside_a_text_is_known_as_its_translation(service: Service) -> None:
    """With the paragraph that it translates; part of a word, a changed one or a word alone isn't."""
    document = service.generation.documents[DOCUMENT]
    assert document.translation is not None
    block = next(item for item in document.translation.blocks if "ALS" in item.text and "." in item.text[:-1])
    sentence = block.text.split(". ")[0]
    checked = service.serving.verifier.quote(sentence)
    assert checked.verdict == "translation" and checked.matches[0].span == block.span
    for other in (sentence[1:], sentence.replace("ALS", "AD"), "ALS"):
        assert service.serving.verifier.quote(other).verdict != "translation"


def test_a_changed_word_is_named_whole(service: Service) -> None:
    """Whatever kind of word it is."""
    checked = service.serving.verifier.quote("外泌体能够绕过血脑屏障，又很少引起免疫排斥")
    assert checked.verdict == "altered"
    assert [(item.expected, item.found) for item in checked.differences] == [("越过", "绕过")]
