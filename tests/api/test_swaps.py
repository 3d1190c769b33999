"""Serving while the index changes: no failed and no mixed answer, and memory that comes back (promises 7, 8, 25).

``MSCQA_TEST_BUILDS`` and ``MSCQA_TEST_SWAPS`` make more of both than a usual run does.
"""

import os
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx2

from tests.api.conftest import Served, ended

BUILDS = int(os.environ.get("MSCQA_TEST_BUILDS", "6"))
SWAPS = int(os.environ.get("MSCQA_TEST_SWAPS", "30"))
CLIENTS = 4
EDITION = re.compile(r"第(\d+)版")


def edition(number: int) -> dict[str, bytes]:
    """Return two documents, each sentence of which names its edition."""
    sentences = ("外泌体能够穿过血脑屏障", "间充质干细胞归巢到病灶", "没有发生严重不良事件")
    return {
        name: "".join(f"# {name}{part}\n\n第{number}版：{text}。\n\n" for part, text in enumerate(sentences)).encode()
        for name in ("load-a", "load-b")
    }


def test_rebuilds_under_load_give_no_failed_and_no_mixed_answer(keyed: Served, admin: httpx2.Client) -> None:
    """Two documents change together again and again while clients ask: each answer is of one edition, its generation's."""
    stop = threading.Event()
    seen: Counter[tuple[str, str]] = Counter()
    bad: list[str] = []

    def publish(number: int) -> str:
        for name, content in edition(number).items():
            put = admin.put(
                f"/api/v1/documents/{name}?build=false", content=content, headers={"content-type": "text/markdown"}
            )
            assert put.status_code in (200, 201), put.text
        task = ended(admin, admin.post("/api/v1/index/rebuild").json())
        assert task["state"] == "done", task
        return str(task["report"]["generation"])

    def ask() -> None:
        with httpx2.Client(base_url=keyed.url, timeout=60) as own:
            while not stop.is_set():
                answer = own.post("/api/v1/ask", json={"question": "外泌体能穿过血脑屏障吗？第几版", "limit": 20})
                page = own.get("/", params={"q": "外泌体能穿过血脑屏障吗"})
                if answer.status_code != 200 or page.status_code != 200:
                    bad.append(answer.text + page.text)
                    continue
                body = answer.json()
                whole = [item["text"] for item in body["passages"]] + [item["quote"] for item in body["citations"]]
                editions = {number for text in whole for number in EDITION.findall(text)}
                if len(editions) != 1 or len(set(EDITION.findall(page.text))) > 1:
                    bad.append(f"{editions} {set(EDITION.findall(page.text))}")
                seen[(body["index"]["generation"], "".join(editions))] += 1

    first = publish(0)
    published = {(first, "0")}
    with ThreadPoolExecutor(CLIENTS) as pool:
        asking = [pool.submit(ask) for _ in range(CLIENTS)]
        try:
            for number in range(1, BUILDS + 1):
                published.add((publish(number), str(number)))
        finally:
            stop.set()
    for done in asking:
        done.result()
    assert bad == []
    assert set(seen) <= published and len(seen) > BUILDS // 2
    print(f"{sum(seen.values())} answers over {BUILDS} rebuilds, none failed, none mixed")


def test_memory_comes_back_after_swaps(admin: httpx2.Client) -> None:
    """Going to and fro between two generations: what was answered from is let go."""
    kept = admin.get("/api/v1/index").json()["kept"][-2:]

    def swap(times: int) -> int:
        for number in range(times):
            back = admin.post("/api/v1/index/rollback", json={"generation": kept[number % 2]})
            assert back.status_code == 200, back.text
            assert admin.get("/api/v1/ask", params={"question": "归巢"}).json()["index"]["generation"] == kept[number % 2]
        return resident()

    before = swap(10)
    after = swap(SWAPS)
    print(f"resident memory {before / 1e6:.0f} MB, after {SWAPS} more swaps {after / 1e6:.0f} MB")
    assert after - before < max(30e6, SWAPS * 0.3e6)


def resident() -> int:
    """Return the memory of this process, in which the server runs, in bytes."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 - read as it is
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
