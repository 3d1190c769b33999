"""Telling that memory or address space is what stops a model: a message about the setting would lead astray."""

import errno
import re

_MEMORY = re.compile(r"allocat|bad_alloc|map segment|out of memory|can't start new thread|not enough memory", re.IGNORECASE)
TOO_LITTLE = (
    "There is too little memory or address space to load the embedding model {name!r}. A process needs about 1.5 GB of"
    " memory and 3 GB of address space: see to `ulimit -v`, to the limits of the container or service, and to"
    " MSCQA_BUILD_MEMORY_MB."
)


def is_short_of_memory(error: BaseException | None) -> bool:
    """Tell whether memory or address space is what failed; libraries say it in their own words, some under another error."""
    while error is not None:
        if isinstance(error, MemoryError) or getattr(error, "errno", 0) == errno.ENOMEM or _MEMORY.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False
