"""KPJ: the member number that exists once somebody is registered; 11 digits in every use seen."""

import re

from rules.refusal import Refused
from rules.text import ascii_digits, clean

LENGTH = 11
NIK_LENGTH = 16


def parse(text: str) -> str:
    """Return the 11 digits of a KPJ; Refused when they are not 11 digits."""
    digits = re.sub(r"[\s.\-‐–—]", "", ascii_digits(clean(text, 64)))
    got = len(re.findall("[0-9]", digits))
    if not re.fullmatch("[0-9]+", digits):
        raise Refused("kpj.not_digits", got=got, wanted=LENGTH)
    if got == NIK_LENGTH:
        raise Refused("kpj.is_nik", got=got, wanted=LENGTH)
    if got != LENGTH:
        raise Refused("kpj.wrong_length", got=got, wanted=LENGTH)
    return digits
