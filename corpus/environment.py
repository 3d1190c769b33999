"""The environment of processes that read anybody's texts: without keys, which they need none of."""

import re
from collections.abc import Collection, Mapping

_SECRET = re.compile(r"^MSCQA_|KEY|SECRET|PASSW|CREDENTIAL|AUTH|TOKEN", re.IGNORECASE)


def without_secrets(environment: Mapping[str, str], keep: Collection[str] = ()) -> dict[str, str]:
    """Return ``environment`` without settings and keys; variables named in ``keep`` stay.

    >>> without_secrets({"PATH": "/bin", "OPENAI_API_KEY": "x"})
    {'PATH': '/bin'}
    """
    return {name: value for name, value in environment.items() if name in keep or not _SECRET.search(name)}
