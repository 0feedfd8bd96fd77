"""What somebody does and when: an occupation found by everyday words, and usual hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conversations.answers.plain import AGAIN, Plain, text_of
from conversations.engine import Answers, Draft, Half, Option, Reply, Step, Value, Words
from rules import eligibility, hours, occupations
from rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Job(Plain):
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


@dataclass(frozen=True, slots=True)
class WorkingHours(Plain):
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
