"""The kinds of answer any dialogue may ask for: choices, names, numbers, dates, places, jobs, money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from conversations.engine import Answers, Contact, Draft, Half, Option, Reply, Step, Value, Words
from rules import dates, eligibility, email, hours, money, names, nik, occupations, phone, regions
from rules.refusal import Refused
from rules.text import clean

MOST_BUTTONS = 40
"""More villages than this are not offered as buttons; their name is asked for."""

OFFERED_LEVELS = (regions.REGENCY, regions.DISTRICT, regions.VILLAGE)

WEEKS = 4
"""Weeks in a month, when somebody names a week's earnings; it is read back before it counts."""

AGAIN = Option("!back", Words("dialogue.again"))
YES = Option("yes", Words("dialogue.yes"), "success")


def text_of(reply: Reply) -> str:
    """Return the text of a reply, cleaned; refuse a reply without one."""
    words = clean(reply.text or "")
    if not words:
        raise Refused("dialogue.words_wanted")
    return words


class _Plain:
    """What most kinds share: no buttons, every stored answer holds, shown as it is stored."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        """Return no buttons."""
        return ()

    def holds(self, value: Value, answers: Answers) -> bool:
        """Say that the stored answer still is one."""
        return True

    def shown(self, step: Step, value: Value) -> object:
        """Return the answer as it is stored."""
        return value

    def full(self, step: Step, value: Value) -> object:
        """Return the answer as it is shown anywhere: nothing in it is masked."""
        return self.shown(step, value)


@dataclass(frozen=True, slots=True)
class Choice(_Plain):
    """One of a few values, each a button whose words are `<flow>.<step>.<value>`.

    `refused` names values that are buttons but no answers: tapping one explains why (`…<value>.refused`).
    """

    values: tuple[str, ...]
    refused: tuple[str, ...] = ()

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(value, self.shown(step, value)) for value in (*self.values, *self.refused))

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped in self.refused:
            raise Refused(f".{step.stem}.{reply.tapped}.refused")
        if reply.tapped not in self.values:
            raise Refused("dialogue.choose")
        return reply.tapped

    def holds(self, value: Value, answers: Answers) -> bool:
        return value in self.values

    def shown(self, step: Step, value: Value) -> Words:
        return Words(f".{step.stem}.{value}")


@dataclass(frozen=True, slots=True)
class Text(_Plain):
    """A few words in the person's own way; `offered` are values that can be tapped instead."""

    least: int = 2
    most: int = 200
    offered: tuple[str, ...] = ()

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(value, Words(f".{step.stem}.{value}")) for value in self.offered)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped in self.offered:
            return {"offered": reply.tapped}
        words = text_of(reply)
        if not self.least <= len(words) <= self.most:
            raise Refused("dialogue.length", got=len(words), least=self.least, most=self.most)
        return words

    def shown(self, step: Step, value: Value) -> object:
        return Words(f".{step.stem}.{value['offered']}") if isinstance(value, dict) else value


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
class NikNumber(_Plain):
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
class BirthDate(_Plain):
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


@dataclass(frozen=True, slots=True)
class Village(_Plain):
    """A desa or kelurahan, found by part of its name; always chosen by a tap, since names repeat."""

    nik_step: str = "nik"

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        known, tapped = regions.regions(), reply.tapped or ""
        if known.knows(tapped):
            return self._chosen(known, tapped)
        understood = draft.understood(step.name) or {}
        return self._found(known, text_of(reply), understood.get("within"), self._near(known, draft))

    def _near(self, known: regions.Regions, draft: Draft) -> str | None:
        """Return the kecamatan the NIK names, as it is called today: the likeliest home."""
        return known.current((draft.answers.get(self.nik_step) or "")[: regions.DISTRICT])

    def _chosen(self, known: regions.Regions, code: str) -> Value | Half:
        """Take a village; from a larger place ask on, by buttons where its villages are few enough."""
        label = known.path(code)
        if len(code) == regions.VILLAGE:
            return {"code": code, "label": label, "data": regions.DATA_VERSION}
        villages = known.villages_of(code)
        if not 0 < len(villages) <= MOST_BUTTONS:
            return Half({"within": code}, Words("dialogue.villages_within", {"place": label}), (AGAIN,))
        options = tuple(Option(one.code, Words("dialogue.as_is", {"text": one.shown})) for one in villages)
        return Half({"within": code}, Words("dialogue.villages_inside", {"place": label}), (*options, AGAIN))

    def _found(self, known: regions.Regions, query: str, within: str | None, near: str | None) -> Half:
        asked = f"{query} {known.place(within).name}" if within else query
        search = regions.find_places(asked, near=within or near, levels=OFFERED_LEVELS)
        options = tuple(
            Option(one.code, Words("dialogue.as_is", {"text": one.label})) for one in search.found
        )
        name = "dialogue.villages_more" if search.more else "dialogue.villages"
        return Half({"within": within}, Words(name, {"query": query}), (*options, AGAIN))

    def holds(self, value: Value, answers: Answers) -> bool:
        return isinstance(value, dict) and regions.regions().knows(value.get("code", ""))

    def shown(self, step: Step, value: Value) -> object:
        return value["label"]


@dataclass(frozen=True, slots=True)
class PhoneNumber(_Plain):
    """A mobile number: shared with the contact button, typed, or none.

    The number counts as the worker's own and verified only if Telegram says the card is the sender's, and
    the sender registers himself (`own`).
    """

    own: Callable[[Answers], bool]
    none: bool = True

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return (Option("none", Words(f".{step.stem}.none")),) if self.none else ()

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "none" and self.none:
            return {"none": True}
        if reply.tapped is not None:
            return self._tapped(reply.tapped, draft.understood(step.name))
        if reply.contact is not None:
            return self._shared(reply.contact, self.own(draft.answers))
        return self._typed(reply)

    def _tapped(self, tapped: str, understood: Value) -> Value:
        if isinstance(understood, dict) and tapped == "yes":
            return understood
        if isinstance(understood, list) and tapped.isdecimal() and int(tapped) < len(understood):
            return {"e164": understood[int(tapped)], "verified": False}
        raise Refused("dialogue.choose")

    def _shared(self, card: Contact, for_oneself: bool) -> Value | Half:
        number = phone.contact(card.phone)
        if card.own == for_oneself:
            return {"e164": number.e164, "verified": card.own}
        name = "dialogue.phone_yours" if card.own else "dialogue.phone_anothers"
        return Half(
            {"e164": number.e164, "verified": False}, Words(name, {"phone": number.shown}), (YES, AGAIN)
        )

    def _typed(self, reply: Reply) -> Value | Half:
        try:
            number = phone.parse(text_of(reply))
        except Refused as refusal:
            candidates = refusal.values.get("candidates")
            if not isinstance(candidates, list):
                raise
            return _which(candidates)
        understood = {"e164": number.e164, "verified": False}
        if phone.repeated_digit(number):
            return Half(understood, Words("dialogue.phone_repeated", {"phone": number.shown}), (YES, AGAIN))
        return understood

    def shown(self, step: Step, value: Value) -> object:
        return Words(f".{step.stem}.none") if value.get("none") else phone.Phone(value["e164"]).masked

    def full(self, step: Step, value: Value) -> object:
        return self.shown(step, value) if value.get("none") else phone.Phone(value["e164"]).shown


def _which(candidates: list[str]) -> Half:
    options = tuple(
        Option(str(place), Words("dialogue.as_is", {"text": phone.Phone(number).shown}))
        for place, number in enumerate(candidates)
    )
    return Half(candidates, Words("phone.which"), (*options, AGAIN))


@dataclass(frozen=True, slots=True)
class Email(_Plain):
    """An e-mail address."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        return email.parse(text_of(reply))


@dataclass(frozen=True, slots=True)
class WorkingHours(_Plain):
    """From when to when somebody usually works; it may pass midnight."""

    usual: tuple[str, ...] = ("08:00-17:00", "05:00-12:00", "17:00-23:00")

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(Option(span, Words(f".{step.stem}.{span[:2]}")) for span in self.usual)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        span = hours.parse(reply.tapped if reply.tapped in self.usual else text_of(reply))
        return f"{span.start:%H:%M}-{span.end:%H:%M}"

    def shown(self, step: Step, value: Value) -> object:
        span = hours.parse(value)
        name = "dialogue.hours_overnight" if span.overnight else "dialogue.as_is"
        return Words(name, {"text": span.shown})


@dataclass(frozen=True, slots=True)
class Income(_Plain):
    """Whole rupiah a month. What looks like a day's or a week's earnings is asked back."""

    days: tuple[int, ...] = (20, 25, 26, 30)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped is not None:
            return self._tapped(reply.tapped, draft.understood(step.name))
        try:
            amount = money.parse(text_of(reply))
        except Refused as refusal:
            return _which_sum(refusal)
        if amount.per == "week":
            return _sum(
                amount.rupiah * (amount.days or WEEKS),
                Words("dialogue.income_weekly", {"week": money.rupiah(amount.rupiah)}),
            )
        if amount.days is not None:
            values = {"day": money.rupiah(amount.rupiah), "days": amount.days}
            return _sum(amount.rupiah * amount.days, Words("dialogue.income_days", values))
        daily = amount.per == "day"
        if daily or (amount.per == "unsaid" and money.maybe_daily(amount.rupiah)):
            return self._ask_days(amount.rupiah, sure=daily)
        return amount.rupiah

    def _ask_days(self, daily: int, *, sure: bool) -> Half:
        days = tuple(
            Option(str(count), Words("dialogue.days", {"days": count, "month": money.rupiah(daily * count)}))
            for count in self.days
        )
        monthly = (
            () if sure else (Option("month", Words("dialogue.really_month", {"month": money.rupiah(daily)})),)
        )
        words = Words("dialogue.income_daily", {"day": money.rupiah(daily)})
        return Half({"daily": daily}, words, (*days, *monthly, AGAIN))

    def _tapped(self, tapped: str, understood: Value) -> Value:
        if isinstance(understood, int) and tapped == "yes":
            return understood
        if isinstance(understood, list) and tapped in ("sum.0", "sum.1"):
            return understood[int(tapped[-1])]
        if isinstance(understood, dict) and tapped == "month":
            return understood["daily"]
        if isinstance(understood, dict) and tapped in map(str, self.days):
            return understood["daily"] * int(tapped)
        raise Refused("dialogue.choose")

    def shown(self, step: Step, value: Value) -> object:
        return Words("dialogue.a_month", {"month": money.rupiah(value)})


def _which_sum(refusal: Refused) -> Half:
    """Ask which of two sums was meant; a refusal that names none is raised again."""
    candidates = refusal.values.get("candidates")
    if not isinstance(candidates, list):
        raise refusal
    options = tuple(
        Option(f"sum.{place}", Words("dialogue.a_month", {"month": money.rupiah(sum_)}))
        for place, sum_ in enumerate(candidates)
    )
    return Half(candidates, Words(refusal.name, refusal.values), (*options, AGAIN))


def _sum(monthly: int, words: Words) -> Half:
    values = {**words.values, "month": money.rupiah(monthly)}
    return Half(monthly, Words(words.name, values), (YES, AGAIN))


@dataclass(frozen=True, slots=True)
class Job(_Plain):
    """An occupation, found by everyday words or in the list; always chosen by a tap.

    Only the transport sector changes a price, so no sector is ever inferred from words alone.
    """

    other_than: str | None = None

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return (Option("list", Words("dialogue.job_list")),)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        understood = draft.understood(step.name) or {}
        words = understood.get("words", "")
        match (reply.tapped or "").split("."):
            case ["list"]:
                return _groups({"words": words})
            case ["group", number] if number.isdecimal():
                return _jobs_of_group(int(number), words)
            case ["unpaid"]:
                return self._answer(understood["id"], words, draft)
            case ["paid"]:
                raise Refused("eligibility.wage_earner")
            case [chosen] if chosen in occupations.occupations():
                return self._chosen(chosen, words, draft)
        return self._found(text_of(reply))

    def _found(self, words: str) -> Half:
        if occupations.is_wage_earner(words):
            raise Refused("eligibility.wage_earner")
        matches = occupations.find(words)
        if not matches:
            return _groups({"words": words}, Words("dialogue.job_unknown", {"words": words}))
        options = tuple(_job(match.occupation.id) for match in matches)
        more = (Option("list", Words("dialogue.job_list")), _job("lainnya"), AGAIN)
        return Half({"words": words}, Words("dialogue.job_which", {"words": words}), (*options, *more))

    def _chosen(self, chosen: str, words: str, draft: Draft) -> Value | Half:
        elsewhere = eligibility.belongs_elsewhere(chosen)
        if elsewhere:
            raise Refused(elsewhere)
        if eligibility.asks_who_pays(chosen):
            options = (
                Option("unpaid", Words("dialogue.job_unpaid")),
                Option("paid", Words("dialogue.job_paid")),
            )
            asked = Words("dialogue.job_who_pays", {"job": Words(f"occupations.{chosen}")})
            return Half({"id": chosen, "words": words}, asked, (*options, AGAIN))
        return self._answer(chosen, words, draft)

    def _answer(self, chosen: str, words: str, draft: Draft) -> Value:
        first = draft.answers.get(self.other_than) if self.other_than else None
        if first and first["id"] == chosen and chosen != "lainnya":
            raise Refused("dialogue.job_same")
        if chosen == "lainnya" and not words:
            raise Refused("dialogue.job_own_words")
        return {"id": chosen, "words": words}

    def holds(self, value: Value, answers: Answers) -> bool:
        return isinstance(value, dict) and value.get("id") in occupations.occupations()

    def shown(self, step: Step, value: Value) -> object:
        if value["id"] == "lainnya":
            return value["words"]
        return Words(f"occupations.{value['id']}")


def _job(name: str) -> Option:
    return Option(name, Words(f"occupations.{name}"))


def _groups(understood: Mapping[str, str], words: Words | None = None) -> Half:
    options = tuple(
        Option(f"group.{place}", Words(f"occupations.group.{group}"))
        for place, group in enumerate(occupations.groups())
    )
    return Half(dict(understood), words or Words("dialogue.job_groups"), (*options, AGAIN))


def _jobs_of_group(place: int, words: str) -> Half:
    group = occupations.groups()[place]
    options = tuple(_job(one.id) for one in occupations.of_group(group))
    asked = Words("dialogue.job_in_group", {"group": Words(f"occupations.group.{group}")})
    return Half({"words": words}, asked, (*options, AGAIN))
