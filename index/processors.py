"""How many processors this process may use: not those of the machine, where a container or somebody allows fewer."""

import os
from pathlib import Path

LIMIT = "MSCQA_PROCESSORS"
_QUOTAS = (Path("/sys/fs/cgroup/cpu.max"), Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"))
_PERIOD = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def processors() -> int:
    """Return how many processors may work at once, 1 or more: by affinity, by the quota of the control group, by `LIMIT`.

    `LIMIT` is what ``OMP_NUM_THREADS`` was when the command was started, if it was set (api/command/main.py).
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = os.environ.get(LIMIT, "")
    counts = [allowed, _quota(*_QUOTAS, _PERIOD), int(limit) if limit.isdecimal() else allowed]
    return max(1, min(counts))


def _quota(second: Path, first: Path, period: Path) -> int:
    """Return the quota of the second or first version of control groups, rounded up, or very many."""
    try:
        if second.exists():
            most, length = second.read_text(encoding="ascii").split()[:2]
        else:
            most, length = first.read_text(encoding="ascii"), period.read_text(encoding="ascii")
        if int(most) > 0:
            return -(-int(most) // int(length))
    except (OSError, ValueError):  # there is none, or "max"
        pass
    return 1 << 16
