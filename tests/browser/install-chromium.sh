#!/bin/sh
# Makes sure that the browser tests have a Chromium and a Chinese font: uses what is there, else Debian's packages as
# root, else Playwright's own download. Says what to do when none works; the tests then say that they were skipped (and
# fail where CI=true).
set -u
fonts() { ! command -v fc-list >/dev/null 2>&1 || fc-list :lang=zh-cn | grep -q .; }
chromium() { for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null 2>&1 && return 0; done; return 1; }
chromium && fonts && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "mscqa: installing Chromium and a Chinese font for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
fi
chromium || .venv/bin/python -m playwright install chromium
chromium || .venv/bin/python -c 'import sys; from tests.browser.chromium import find_chromium; sys.exit(find_chromium() is None)' ||
    echo "mscqa: no Chromium could be installed; the browser tests need one (apt-get install chromium)"
fonts || echo "mscqa: no Chinese font is installed (apt-get install fonts-noto-cjk); Chinese shows as boxes in pictures"
exit 0
