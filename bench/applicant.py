"""An invented applicant: reads what a bot shows and answers as a person would, from hello to the receipt."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol

from rules.regions import regions

Shown = Mapping[str, Any]
"""A message of the bot as the chat page shows it."""

DISTRICT: Final = "320540"
"""Kecamatan Cibiuk, Kabupaten Garut: a real one, so that no number looks odd."""

FIRST_SERIAL: Final = 9000
SERIALS: Final = 1000
"""Serials that no office has given out are marked by their 9: the numbers belong to nobody."""

OLDEST: Final = date(1975, 1, 1)
GIVEN: Final = ("Siti", "Budi", "Dewi", "Agus", "Rina", "Joko", "Wulan", "Asep")
SYLLABLES: Final = ("ba", "ca", "da", "ga", "ja", "ka", "la", "ma", "na", "pa")

WORK: Final = (
    "jualan di pasar",
    "petani",
    "nelayan",
    "tukang bakso",
    "ojek",
    "tukang becak",
    "buruh tani",
    "penjahit",
    "tukang kayu",
    "pemulung",
    "warung kelontong",
    "asisten rumah tangga",
    "tukang cukur",
    "pedagang sayur",
    "peternak ayam",
    "kuli bangunan",
    "tukang parkir",
    "jual gorengan",
    "montir",
    "pengrajin",
)
"""Everyday words for work."""

GREETING: Final = "greeting"
RECEIPT: Final = "receipt"
PHONE: Final = "phone"
VILLAGE_FOUND: Final = "village~"
VILLAGE_DIGITS: Final = 10
"""A button that carries fewer digits stands for a larger place."""

TAPPED: Final = {
    "consent": "agree",
    "who": "self",
    "email": "!skip",
    "occupation2": "!skip",
    "hours": "05:00-12:00",
    "employs": "no",
    "payer": "own",
    "programmes": "2",
    "months": "1",
    "heirs": "none",
    "review": "send",
}
"""What everybody taps."""

STRIDE: Final = 7919
"""From one applicant's village to the next one's, so that no two look for the same."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one applicant has to tell."""

    nik: str
    name: str
    born: date
    sex: str
    address: str
    income: int
    village: str
    work: str

    def typed(self) -> dict[str, str]:
        """Return what is typed at each question that wants words."""
        return {
            "nik": " ".join(self.nik[at : at + 4] for at in range(0, 16, 4)),
            "name": self.name,
            "birth_date": f"{self.born.day}-{self.born.month}-{self.born.year}",
            "address": self.address,
            "village": self.village,
            "occupation": self.work,
            "workplace": "Pasar Cibiuk",
            "income": f"{self.income // 1000} ribu",
        }


def invented(number: int) -> Told:
    """Return what applicant `number` tells; no two share a NIK, a name or an address."""
    born = OLDEST + timedelta(days=number // SERIALS)
    sex = "female" if number % 2 else "male"
    day = born.day + (40 if sex == "female" else 0)
    serial = FIRST_SERIAL + number % SERIALS
    return Told(
        nik=f"{DISTRICT}{day:02d}{born:%m%y}{serial}",
        name=f"{GIVEN[number % len(GIVEN)]} {_surname(number)}",
        born=born,
        sex=sex,
        address=f"Kampung Baru No. {number + 1} RT 003 RW 001",
        income=1_000_000 + number % 40 * 50_000,
        village=_village(number),
        work=WORK[number % len(WORK)],
    )


@functools.cache
def _villages() -> list[str]:
    return [code for code in regions().names if len(code) == VILLAGE_DIGITS]


def _village(number: int) -> str:
    """Return a village as somebody writes it: its name and its kecamatan's."""
    code = _villages()[number * STRIDE % len(_villages())]
    return f"{regions().place(code).name} {regions().place(code[:6]).name}".lower()


def _surname(number: int) -> str:
    return "".join(SYLLABLES[int(digit)] for digit in f"{number:04d}").capitalize()


class Phone(Protocol):
    """What an applicant does with a phone; every act returns the id of the update it made."""

    @property
    def id(self) -> int:
        """The person's Telegram user id."""

    @property
    def keyboard(self) -> dict[str, Any] | None:
        """The reply keyboard shown now."""

    def text(self, text: str) -> Mapping[str, Any]:
        """Type and send."""

    def contact(self) -> Mapping[str, Any]:
        """Share the own number."""

    def tap(self, message_id: int, data: str) -> Mapping[str, Any]:
        """Tap a button."""


class Applicant:
    """One person with a phone; every act returns the id of the update it made."""

    __slots__ = ("_typed", "phone", "told")

    def __init__(self, phone: Phone, told: Told) -> None:
        self.phone = phone
        self.told = told
        self._typed = told.typed()

    def greets(self) -> int:
        """Open the chat."""
        return _update(self.phone.text("/start"))

    def place(self, shown: Shown) -> str | None:
        """Return where a message puts this person: a question, `question~` where it is asked back, or None.

        GREETING and RECEIPT are the two ends. None is a message that asks nothing.
        """
        markup = shown.get("reply_markup")
        if markup is not None:
            return _asked(_buttons(markup))
        if any("request_contact" in button for button in _rows(self.phone.keyboard, "keyboard")):
            return PHONE
        return GREETING if "/daftar" in shown.get("text", "") else None

    def answers(self, place: str, shown: Shown) -> int:
        """Answer what is asked at a place."""
        if place == PHONE:
            return _update(self.phone.contact())
        if place in self._typed:
            return _update(self.phone.text(self._typed[place]))
        buttons = _buttons(shown.get("reply_markup") or {})
        if place == GREETING and not buttons:
            return _update(self.phone.text("/daftar"))
        data = next(data for data in buttons if self._wants(place, data))
        return _update(self.phone.tap(shown["message_id"], data))

    def _wants(self, place: str, data: str) -> bool:
        """Say whether a button is the one to tap; where something is asked back, it is the first answer."""
        if place == GREETING:
            return data.startswith("v1|c|daftar|")
        choice = data.rpartition("|")[2]
        if place == VILLAGE_FOUND:
            return len(choice.partition("~")[0]) == VILLAGE_DIGITS
        return "~" in choice if place.endswith("~") else choice == TAPPED.get(place, self.told.sex)


def _update(done: Mapping[str, Any]) -> int:
    return int(done["update_id"])


def _rows(markup: Mapping[str, Any] | None, name: str) -> list[dict[str, Any]]:
    return [button for row in (markup or {}).get(name, ()) for button in row]


def _buttons(markup: Mapping[str, Any]) -> list[str]:
    """Return what the inline buttons carry, in order; a button that copies a text carries nothing."""
    return [button.get("callback_data", "") for button in _rows(markup, "inline_keyboard")]


def _asked(buttons: list[str]) -> str | None:
    if "" in buttons:
        return RECEIPT
    parts = [data.split("|") for data in buttons]
    if any(part[1:3] == ["c", "daftar"] for part in parts):
        return GREETING
    questions = [part for part in parts if len(part) == 4 and part[1] != "c"]
    if not questions:
        return None
    step = questions[0][2]
    return f"{step}~" if any("~" in part[3] for part in questions) else step
