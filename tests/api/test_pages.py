"""Pages and addresses that no description covers, with whatever is put into them, and requests that follow on others.

``MSCQA_TEST_EXAMPLES`` makes more of each than a usual run does.
"""

import os
from collections import Counter
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from api.app import create_app
from qa.settings import Settings
from tests.api.conftest import KEY, Served
from tests.api.test_contract import LONGEST, answers, beyond_the_description

__all__ = ["answers"]  # the fixture

EXAMPLES = int(os.environ.get("MSCQA_TEST_EXAMPLES", "20"))
FOUND = {200, 303, 307, 400, 403, 404, 405, 413, 415, 422, 429, 431, 503}
PAGES = (
    "/",
    "/documents",
    "/documents/homing",
    "/documents/{}",
    "/cite/{}",
    "/feedback",
    "/manage",
    "/verify",
    "/static/{}",
    "/{}",
)
NAMES = ("q", "ui", "limit", "exact", "mode", "part", "find", "passage", "mark", "aid", "format", "start", "end", "x" * 300)
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)

ODD = ("", "0", "-1", "1e9", "9" * 400, "../../etc/passwd", "%00", "<script>", "\x00", "\r\nX: y", "1-2", "javascript:x")
odd = st.one_of(st.text(max_size=40), st.sampled_from(ODD)).map(lambda text: text.encode("utf-8", "replace").decode())


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
def test_no_page_fails(keyed: Served, answers: Counter[int], method: str, path: str) -> None:
    """Whatever is asked, sent or named in a header: a page or a problem, never a failure of the service."""

    @QUIET
    @given(
        place=odd,
        given_names=st.dictionaries(st.sampled_from(NAMES), odd, max_size=4),
        form=st.dictionaries(
            st.sampled_from(["action", "key", "question", "helpful", "sure", "id", "text", "format"]), odd, max_size=3
        ),
        language=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    )
    def check(place: str, given_names: dict[str, str], form: dict[str, str], language: str) -> None:
        whole = path.format(quote(place))
        made = httpx2.Request(
            method,
            f"{keyed.url}{whole}",
            params=given_names,
            data={name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
            if method == "POST"
            else None,
            headers={"accept-language": language},
        )
        with httpx2.Client(timeout=60) as client:
            answer = client.send(made)
        answers[answer.status_code] += 1
        assert answer.elapsed.total_seconds() < LONGEST
        assert answer.status_code in FOUND, (made.url, answer.status_code, answer.text[:300])
        kind = answer.headers.get("content-type", "")
        assert answer.status_code in (303, 307) or kind, (made.url, answer.headers)
        if "html" in kind:
            assert "<script>" not in answer.text and "default-src 'none'" in answer.headers["content-security-policy"]

    check()


def test_requests_that_follow_on_others_are_described(keyed: Served, answers: Counter[int]) -> None:
    """Schemathesis's state machine: what one answer gives is what the next request asks for."""
    described: Any = schemathesis.openapi.from_dict(create_app(Settings()).openapi())
    base: Any = described.as_state_machine()

    class Machine(base):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"base_url": keyed.url, "headers": {"Authorization": f"Bearer {KEY}"}, "timeout": 60}

        def validate_response(self, response: Any, case: Any, **others: Any) -> None:
            answers[response.status_code] += 1
            assert response.elapsed < LONGEST
            case.validate_response(response, excluded_checks=beyond_the_description(case.operation, response))

    run_state_machine_as_test(Machine, settings=settings(QUIET, max_examples=max(2, EXAMPLES // 10), stateful_step_count=8))
