#!/bin/sh
# Makes sure that fault tests have strace, which kills and starves builds at every call: uses what is there, else Debian's
# package as root. Without it those tests say that they were skipped (and fail where CI=true).
set -u
command -v strace >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "mscqa: installing strace for the fault tests"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends strace >/dev/null
else
    echo "mscqa: no strace; install it to run every fault test"
fi
exit 0
