"""Indonesian mobile numbers as people write them, kept as E.164.

`phonenumbers` alone accepts letters inside a number, two numbers run together and a mobile number that
is too short, taken for a landline; so the text is brought into one form before it is asked.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from rules.refusal import Refused
from rules.text import ascii_digits, clean

SHORTEST, LONGEST = 10, 13
"""Digits of a mobile number written with its leading 0."""

NIK_LENGTH = 16

LINK = re.compile(r"\S*\b(?:wa\.me/|phone=)\+?([0-9]+)\S*", re.IGNORECASE)
"""A WhatsApp link, which holds the number."""

LABEL = re.compile(
    r"^(?:(?:nomor|nomer|no|hp|wa|telp|telepon|tel|whatsapp)(?![a-z])[\s.:/=]*)+", re.IGNORECASE
)
"""What people write in front of a number: "No. HP/WA: "."""

LETTER_IN_NUMBER = re.compile(r"[^\W\d_][0-9]|[0-9][^\W\d_]")
BETWEEN = re.compile(r"[/,;&|_]|\b(?:atau|utawa|atanapi|dan|or|and)\b|\((?=[1-9]\))", re.IGNORECASE)
"""What stands between two numbers; an underscore, or a number counted "(2)", leaves the same doubt."""

WORDS = re.compile(r"[^\W\d_]+")
NEXT_NUMBER = re.compile(r"\s+(?=(?:\+62|62|0)[\s(-]*8)")
"""A blank where a second number begins, on the same line or on the next."""

ABROAD = re.compile(r"(?:\+|00(?![1789]?62))(?!62|0)[0-9]")
BEFORE_NATIONAL = re.compile(r"(?:00[1789]?(?=62))?(?:62(?=620?8))?(?:62)?0?")
"""Dialling out (00, 001, 007, 008, 009), 62 once or twice by mistake, and the national 0."""


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A mobile number of Indonesia in E.164: `+6286012345678`."""

    e164: str

    def __repr__(self) -> str:
        return f"Phone({self.masked})"

    @property
    def masked(self) -> str:
        """The number for everybody else: `+62…678`."""
        return f"+62…{self.e164[-3:]}"

    @property
    def shown(self) -> str:
        """The number for whom it belongs to: `0860-1234-5678`."""
        digits = f"0{self.e164[3:]}"
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"

    @property
    def tel(self) -> str:
        """The number as a program dials it, in E.164."""
        return self.e164


def parse(text: str) -> Phone:
    """Read one mobile number, typed or from a shared contact; Refused with the reason it is none.

    `phone.which` carries `candidates`, the numbers in E.164, when more than one thing was sent.
    """
    said = LABEL.sub("", LINK.sub(r"\1", ascii_digits(clean(text, 256))))
    if LETTER_IN_NUMBER.search(said):
        raise Refused("phone.letters")
    if len(parts := [part for part in BETWEEN.split(said) if part.strip(" .()")]) > 1:
        _refuse_several(parts)
    if len(parts := [part for part in WORDS.split(said) if re.search("[0-9]", part)]) > 1:
        _refuse_several(parts)
    if (phone := _mobile(said)) is not None:
        return phone
    if len(parts := NEXT_NUMBER.split(said)) > 1:
        _refuse_several(parts)
    raise _reason(said)


def contact(number: str) -> Phone:
    """Read the number of a contact shared in Telegram: international, though its + may be missing."""
    return parse(f"+{number.lstrip('+')}")


def repeated_digit(phone: Phone) -> bool:
    """Say whether one digit makes up all of the number after its 08xx; ask once, it may be true."""
    return len(set(phone.e164[6:])) == 1


def _refuse_several(parts: list[str]) -> NoReturn:
    """Ask which number is meant; where no part is one, say what is wrong with the whole."""
    whole = " ".join(parts)
    found = [phone.e164 for part in parts if (phone := _mobile(part))]
    if not found and (phone := _mobile(whole)):
        found = [phone.e164]
    if not found:
        raise _reason(whole)
    raise Refused("phone.which", candidates=list(dict.fromkeys(found)))


def _national(said: str) -> str:
    """Return the digits after country code and leading 0; words beside the number are dropped."""
    digits = re.sub("[^0-9]", "", said)
    return BEFORE_NATIONAL.sub("", digits, count=1)


def _is_abroad(said: str) -> bool:
    return ABROAD.match(re.sub("[^0-9+]", "", said)) is not None


def _mobile(said: str) -> Phone | None:
    if _is_abroad(said):
        return None
    number = _parsed(_national(said))
    if number is None or not phonenumbers.is_valid_number_for_region(number, "ID"):
        return None
    if phonenumbers.number_type(number) != PhoneNumberType.MOBILE:
        return None
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _parsed(national: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(f"+62{national}", None)
    except NumberParseException:
        return None


def _reason(said: str) -> Refused:
    """Name what is wrong with a text that is no mobile number."""
    digits, national = re.sub("[^0-9]", "", said), _national(said)
    got = len(national) + 1
    if not digits:
        return Refused("phone.no_number")
    if len(digits) == NIK_LENGTH and not digits.startswith("0"):
        return Refused("phone.is_nik")
    if _is_abroad(said):
        return Refused("phone.abroad")
    kind = _kind(national)
    if kind == PhoneNumberType.FIXED_LINE:
        return Refused("phone.landline")
    if kind != PhoneNumberType.UNKNOWN or national.startswith(("1", "800", "804", "807", "809")):
        return Refused("phone.service")
    if got < SHORTEST:
        return Refused("phone.too_short", got=got, shortest=SHORTEST, longest=LONGEST)
    if got > LONGEST:
        return Refused("phone.too_long", got=got, shortest=SHORTEST, longest=LONGEST)
    return Refused("phone.not_mobile")


def _kind(national: str) -> int:
    number = _parsed(national)
    return PhoneNumberType.UNKNOWN if number is None else phonenumbers.number_type(number)
