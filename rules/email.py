"""E-mail addresses: an ordinary check of the shape; only the web path of registration needs one."""

import re

from rules.refusal import Refused
from rules.text import clean

LONGEST = 254
"""RFC 5321, section 4.5.3.1, less the angle brackets."""

ADDRESS = re.compile(
    r"(?P<local>[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+-])?)@"
    r"(?P<domain>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})"
)


def parse(text: str) -> str:
    """Return the address with its domain in small letters; Refused when it has not the shape of one."""
    typed = clean(text, LONGEST + 1)
    if "@" not in typed:
        raise Refused("email.no_at")
    found = ADDRESS.fullmatch(typed)
    if found is None or ".." in typed or len(typed) > LONGEST:
        raise Refused("email.not_whole")
    return f"{found['local']}@{found['domain'].lower()}"
