#!/bin/sh
# Makes sure that browser tests have a Chromium and a Chinese font: uses what is there, else Debian's packages as root,
# else Playwright's own download. Says what to do when none works; the browser tests then say that they were skipped
# (and fail where CI=true).
set -u
fonts() { command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh-cn | grep -q .; }
chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
chromium && fonts && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "mscqa: installing Chromium and a Chinese font for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
elif ! chromium; then
    .venv/bin/python -m playwright install chromium || echo "mscqa: no Chromium; install it to run the browser tests"
fi
exit 0
