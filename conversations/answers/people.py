"""Who somebody is: name, NIK, date of birth, sex; each held against the NIK."""

from dataclasses import dataclass
from datetime import date

from conversations.answers.plain import AGAIN, YES, Choice, Plain, Text, text_of
from conversations.engine import Answers, Draft, Half, Option, Reply, Step, Value, Words
from rules import dates, eligibility, names, nik, regions
from rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Name(Text):
    """A person's name as on the KTP."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped in self.offered:
            return {"offered": reply.tapped}
        if reply.tapped in ("plain", "printed"):
            return (draft.understood(step.name) or {})[reply.tapped]
        try:
            return names.parse(text_of(reply))
        except Refused as refusal:
            if refusal.name != "names.title":
                raise
            return _with_title(text_of(reply), refusal)


def _with_title(said: str, refusal: Refused) -> Half:
    """Ask whether the KTP prints the title; who keeps it is believed."""
    understood = {"plain": refusal.values["name"], "printed": names.parse(said, titles=True)}
    plain = Option("plain", Words("dialogue.as_is", {"text": understood["plain"]}))
    printed = Option("printed", Words("dialogue.name_printed", {"name": understood["printed"]}))
    return Half(understood, Words(refusal.name, refusal.values), (plain, printed, AGAIN))


@dataclass(frozen=True, slots=True)
class NikNumber(Plain):
    """A NIK, read back in groups of four before it counts, with what looks odd about it."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "yes":
            return draft.understood(step.name)
        number = nik.Nik.parse(text_of(reply))
        doubts = nik.warnings(number, regions.regions(), today=reply.today)
        words = Words("dialogue.nik_confirm", {"nik": number.grouped, "doubts": tuple(map(Words, doubts))})
        return Half(number.digits, words, (YES, AGAIN))

    def shown(self, step: Step, value: Value) -> object:
        return nik.Nik(value).masked

    def full(self, step: Step, value: Value) -> object:
        return nik.Nik(value).grouped


@dataclass(frozen=True, slots=True)
class BirthDate(Plain):
    """A date of birth, of somebody who may join, compared with the NIK in `nik_step` and asked back if
    it differs.
    """

    nik_step: str = "nik"

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "yes":
            return draft.understood(step.name)
        born = dates.parse(text_of(reply), today=reply.today)
        eligibility.check_age(born, reply.today)
        digits = draft.answers.get(self.nik_step)
        return self._compared(nik.Nik(digits), born, reply.today) if digits else born.isoformat()

    def _compared(self, number: nik.Nik, born: date, today: date) -> Value | Half:
        told = number.birth_date(today, stated=born)
        if told == born:
            return born.isoformat()
        family_card = nik.looks_like_family_card(number, today=today, stated_birth_date=born)
        doubts = (Words("nik.maybe_family_card"),) if family_card else ()
        words = Words("dialogue.birth_date_confirm", {"stated": born, "told": told, "doubts": doubts})
        fix = Option(f"!edit.{self.nik_step}", Words("dialogue.fix_nik"))
        return Half(born.isoformat(), words, (YES, AGAIN, fix))

    def shown(self, step: Step, value: Value) -> object:
        return date.fromisoformat(value)


@dataclass(frozen=True, slots=True)
class Sex(Choice):
    """Female or male, the one the NIK tells first; asked back if the answer differs from it."""

    nik_step: str = "nik"

    def told(self, answers: Answers) -> str:
        """Return what the NIK tells."""
        return nik.Nik(answers[self.nik_step]).sex

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        told = self.told(draft.answers)
        ordered = sorted(self.values, key=lambda value: value != told)
        return tuple(Option(value, self.shown(step, value)) for value in ordered)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "yes":
            return draft.understood(step.name)
        sex = Choice.read(self, step, reply, draft)
        told = self.told(draft.answers)
        if sex != told:
            values = {"stated": Words(f".{step.stem}.{sex}"), "told": Words(f".{step.stem}.{told}")}
            fix = Option(f"!edit.{self.nik_step}", Words("dialogue.fix_nik"))
            return Half(sex, Words("dialogue.sex_confirm", values), (YES, AGAIN, fix))
        return sex
