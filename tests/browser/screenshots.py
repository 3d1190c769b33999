"""Takes the README's pictures: ``python -m tests.browser.screenshots``; with ``--look FOLDER`` many more, to look at."""

import argparse
import io
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.chromium import browsing, find_chromium
from tests.browser.serving import ROOT, Served, prepare, serving

_COLOURS = 160  # of the palette: text on few plain colours needs no more


def _ask(ui: str, question: str) -> str:
    return "/?" + urlencode({"ui": ui, "q": question})


_EN = _ask("en", "Can exosomes cross the blood–brain barrier?")
_ZH = _ask("zh", "渐冻症的三期临床试验有什么结果？")
_LOOK = {
    "idle-en": "/?ui=en",
    "idle-zh": "/?ui=zh",
    "results-en": _EN,
    "results-zh": _ZH,
    "none-en": _ask("en", "How do I bake sourdough bread?"),
    "none-zh": _ask("zh", "怎样烤酸面包？"),
    "invalid-zh": _ask("zh", "？！"),
    "manage-en": "/manage?ui=en",
    "documents-zh": "/documents?ui=zh",
    "documents-en": "/documents?ui=en&find=NLRP3",
}


def save(png: bytes, path: Path) -> None:
    """Write a picture with a palette of few colours, which makes it a third of the size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}  {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB")


def pictures(browser: Browser, served: Served, folder: Path) -> None:
    """Write the README's pictures into ``folder``."""
    context = browser.new_context(base_url=served.url, viewport={"width": 1200, "height": 1080}, reduced_motion="reduce")
    page = context.new_page()
    for name, path in (("page-en", _EN), ("page-zh", _ZH)):
        page.goto(path)
        save(page.screenshot(), folder / f"{name}.png")
    page.locator("article a.button").first.click()
    save(page.screenshot(), folder / "viewer-zh.png")
    context.close()


def look(browser: Browser, served: Served, folder: Path, only: str) -> None:
    """Write whole pages at three widths, light and dark, into ``folder``."""
    context = browser.new_context(base_url=served.url, reduced_motion="reduce")
    page = context.new_page()
    for name, path in _LOOK.items():
        if only in name:
            page.goto(path)
            _sizes(page, folder, name)
        if only in "viewer" and name.startswith("results"):
            page.goto(path)
            page.locator("article a.button").first.click()
            _sizes(page, folder, name.replace("results", "viewer"), whole=False)
    context.close()


def _sizes(page: Page, folder: Path, name: str, *, whole: bool = True) -> None:
    for width, height in ((320, 640), (768, 1024), (1440, 900)):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.evaluate("document.querySelector('#mark')?.scrollIntoView({block: 'center'})")
            save(page.screenshot(full_page=whole), folder / f"{name}-{width}-{scheme}.png")


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--look", type=Path, metavar="FOLDER", help="write many sizes here instead of the README's pictures")
    parser.add_argument("--only", default="", help="with --look: only pages whose name holds this")
    chosen = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        raise SystemExit("no Chromium: run tests/browser/install-chromium.sh")
    with tempfile.TemporaryDirectory() as temporary:
        settings = prepare(Path(temporary), extra=False)
        with serving(settings) as served, browsing(executable) as browser:
            if chosen.look:
                look(browser, served, chosen.look, chosen.only)
            else:
                pictures(browser, served, ROOT / "docs")
        kept = ROOT / "var" / "embeddings"
        if not kept.exists():
            shutil.copytree(settings.data_dir / "embeddings", kept)  # the next pictures come sooner


if __name__ == "__main__":
    main()
