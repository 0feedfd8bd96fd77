"""One row being judged: its cells answer each question of the registration, or there is a reason why not.

What the dialogue asks back ("is that right?") is refused, unless the column `checked` says that the row was
compared with the KTP.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from conversations.engine import Draft, Half, Reply, Step
from conversations.registration import registration
from rules import dates, names, regions
from rules.nik import Nik, warnings
from rules.refusal import Refused
from sheets import choices, doubts, homes, repairing, words
from sheets.cells import Cell, is_blank, text_of
from sheets.columns import BESIDE, BY_NAME
from sheets.verdicts import Reason

EMPTY: Final = "sheets.reason.empty"
DOUBTED: Final = ("nik.unknown_province",)
"""What is odd about a NIK and asked back even here; the other doubts are for the officers."""

Answers = dict[str, Any]
Cells = Mapping[str, Cell]


@dataclass(slots=True)
class Row:
    """One row being judged: its cells by column, and what is wrong with it so far."""

    cells: Cells
    today: date
    language: str
    rounded: bool
    reasons: list[Reason] = field(default_factory=list)

    def answered(self, answers: Answers) -> Answers:
        """Answer every question of the registration that applies; what cannot be is a reason."""
        for step in registration.steps:
            if step.name in answers or not step.when(answers):
                continue
            try:
                answers[step.name] = READ.get(step.name, Row.nothing)(self, step, answers)
            except Refused as refused:
                self.reasons.append(Reason.of(COLUMN_OF.get(step.name, step.name), refused))
        return answers

    def text(self, column: str) -> str:
        """Return the text of a cell; Refused where a needed one is empty."""
        text = text_of(self.cells.get(column))
        if not text and BY_NAME[column].required:
            raise Refused(EMPTY)
        return text

    @property
    def checked(self) -> bool:
        """Whether the row says that it was compared with the KTP."""
        said = words.plain(text_of(self.cells.get("checked")))
        return words.choices()["checked"].get(said) == "yes"

    def read(self, step: Step, answers: Answers, text: str) -> Any:
        """Return what the question's own kind reads in a text; Refused where it would ask back."""
        value = step.kind.read(step, Reply(self.today, text=text), Draft(answers))
        if not isinstance(value, Half):
            return value
        return self.sure(step, value)

    def sure(self, step: Step, half: Half) -> Any:
        """Return what was half understood if the row was checked; Refused where it is to be."""
        answerable = {option.value for option in half.options} & {"yes", "month"}
        if half.words.name not in doubts.SURE and not (self.checked and answerable):
            raise doubts.refusal(step, half, self.language)
        understood = half.understood
        return understood["daily"] if "month" in answerable else understood

    def nothing(self, step: Step, answers: Answers) -> Any:
        """Answer a question that lists do not ask: it is skipped, or left out of account."""
        return None

    def sent(self, step: Step, answers: Answers) -> Any:
        """Send the form, if everything before it is answered."""
        return "send"

    def nik(self, step: Step, answers: Answers) -> str:
        """Read the NIK; what the dialogue reads back is not asked here."""
        self.text("nik")
        digits = repairing.nik(self.cells["nik"])
        if self.rounded and digits.endswith("0"):
            raise Refused("sheets.reason.nik_number")
        number = Nik.parse(digits)
        odd = [doubt for doubt in warnings(number, regions.regions(), today=self.today) if doubt in DOUBTED]
        if odd and not self.checked:
            raise Refused("sheets.reason.nik_place", code=number.province)
        return number.digits

    def name(self, step: Step, answers: Answers) -> Any:
        """Read the name; a title is kept only if the row was compared with the KTP."""
        text = self.text("name")
        try:
            return names.parse(text, titles=self.checked)
        except Refused as refused:
            if refused.name == "names.title":
                raise Refused("sheets.reason.title", **refused.values) from None
            raise

    def birth_date(self, step: Step, answers: Answers) -> Any:
        """Read the date of birth; a foreign Excel's day and month are put right where the NIK proves it."""
        self.text("birth_date")
        text = repairing.day(self.cells["birth_date"], self.today)
        try:
            return self.read(step, answers, text)
        except Refused:
            mended = self._mended(text, answers)
            if mended is None:
                raise
            return self.read(step, answers, mended)

    def _mended(self, text: str, answers: Answers) -> str | None:
        if "nik" not in answers:
            return None
        told = Nik(answers["nik"]).birth_date(self.today)
        try:
            stated = dates.parse(text, today=self.today).isoformat()
        except Refused as refused:
            guess = str(refused.values.get("guess", ""))
            return told.isoformat() if guess == f"{told.day}-{told.month}-{told.year}" else None
        return told.isoformat() if repairing.swapped(stated) == told else None

    def sex(self, step: Step, answers: Answers) -> Any:
        """Read the sex; an empty cell leaves it to the NIK."""
        if is_blank(self.cells.get("sex")):
            return Nik(answers["nik"]).sex if "nik" in answers else None
        chosen = self._chosen(step)
        if "nik" not in answers or Nik(answers["nik"]).sex == chosen or self.checked:
            return chosen
        raise Refused("sheets.reason.sex")

    def choice(self, step: Step, answers: Answers) -> Any:
        """Read a cell that holds one of a few things."""
        column = BY_NAME[COLUMN_OF.get(step.name, step.name)]
        if is_blank(self.cells.get(column.name)):
            if column.empty is None:
                raise Refused(EMPTY)
            return column.empty
        return self._chosen(step)

    def _chosen(self, step: Step) -> str:
        column = COLUMN_OF.get(step.name, step.name)
        text = text_of(self.cells.get(column))
        found = choices.choice_named(column, text)
        if found is None:
            raise Refused(
                "sheets.reason.choice", written=text, choices=choices.offered(column, self.language)
            )
        return found

    def programmes(self, step: Step, answers: Answers) -> Any:
        """Read the programmes; who employs others must save for old age too."""
        chosen = self.choice(step, answers)
        if not step.kind.holds(chosen, answers):
            raise Refused("sheets.reason.jht")
        return chosen

    def address(self, step: Step, answers: Answers) -> Any:
        """Read the address, with the hamlet and RT/RW of columns of their own."""
        parts = [self.text("address")]
        for column in BESIDE:
            text = text_of(self.cells.get(column))
            if text:
                parts.append(text if column == "hamlet" else f"{column.upper()} {text}")
        return self.read(step, answers, " ".join(parts))

    def village(self, step: Step, answers: Answers) -> Any:
        """Find the village; several of one name are never guessed among."""
        cells = (text_of(self.cells.get(column)) for column in ("district", "regency"))
        place = homes.value_of(self.text("village"), *cells)
        return {"code": place.code, "label": regions.regions().path(place.code), "data": regions.DATA_VERSION}

    def phone(self, step: Step, answers: Answers) -> Any:
        """Read the phone number; an empty cell says that there is none."""
        text = repairing.phone(self.cells.get("phone"))
        return {"none": True} if text is None else self.read(step, answers, text)

    def contact_name(self, step: Step, answers: Answers) -> Any:
        """Read whom to reach; an empty cell names the sender."""
        text = self.text("contact_name")
        return names.parse(text, titles=True) if text else {"offered": "me"}

    def contact_phone(self, step: Step, answers: Answers) -> Any:
        """Read the number of whom to reach, who must have one."""
        text = repairing.phone(self.cells.get("contact_phone"))
        if text is None:
            raise Refused(EMPTY)
        return self.read(step, answers, text)

    def optional(self, step: Step, answers: Answers) -> Any:
        """Read a cell that may be empty."""
        column = COLUMN_OF.get(step.name, step.name)
        text = repairing.phone(self.cells.get(column))
        return None if text is None else self.read(step, answers, text)

    def occupation(self, step: Step, answers: Answers) -> Any:
        """Read the occupation by its name or the table's own words; whatever is less sure is asked."""
        text = self.text("occupation")
        found, own = choices.job_named(text)
        half = {"step": step.name, "understood": {"words": own}, "words": None, "options": ()}
        value = step.kind.read(step, Reply(self.today, tapped=found), Draft(answers, half=half))
        if isinstance(value, Half):
            if not self.checked:
                raise Refused("sheets.reason.job_paid")
            return value.understood
        return value

    def workplace(self, step: Step, answers: Answers) -> Any:
        """Read where the work is: one of two things, or any words."""
        text = self.text("workplace")
        found = choices.choice_named("workplace", text) if text else BY_NAME["workplace"].empty
        return {"offered": found} if found else self.read(step, answers, text)

    def hours(self, step: Step, answers: Answers) -> Any:
        """Read the working hours."""
        return self.read(step, answers, self.text("hours") or BY_NAME["hours"].empty or "")

    def income(self, step: Step, answers: Answers) -> Any:
        """Read the income a month."""
        return self.read(step, answers, self.text("income"))

    def heirs(self, step: Step, answers: Answers) -> str:
        """Say whether a family member is named."""
        return "none" if is_blank(self.cells.get("heir1_name")) else "add"

    def heir_name(self, step: Step, answers: Answers) -> Any:
        """Read a family member's name, titles and all."""
        return names.parse(self.text("heir1_name"), titles=True)

    def enough(self, step: Step, answers: Answers) -> str:
        """Name no further family member."""
        return "enough"


COLUMN_OF: Final[Mapping[str, str]] = {
    "heirs": "heir1_name",
    "heir1_more": "heir1_name",
    "review": "birth_date",
}
"""The column at which a question's refusal stands, where it has not the question's name."""

READ: Final[Mapping[str, Callable[[Row, Step, Answers], Any]]] = {
    "nik": Row.nik,
    "name": Row.name,
    "birth_date": Row.birth_date,
    "sex": Row.sex,
    "address": Row.address,
    "village": Row.village,
    "phone": Row.phone,
    "contact_name": Row.contact_name,
    "contact_phone": Row.contact_phone,
    "email": Row.optional,
    "occupation": Row.occupation,
    "workplace": Row.workplace,
    "hours": Row.hours,
    "income": Row.income,
    "employs": Row.choice,
    "payer": Row.choice,
    "programmes": Row.programmes,
    "months": Row.choice,
    "heirs": Row.heirs,
    "heir1_name": Row.heir_name,
    "heir1_relation": Row.choice,
    "heir1_phone": Row.optional,
    "heir1_more": Row.enough,
    "review": Row.sent,
}
"""How each question of the registration is answered from the cells."""
