"""The dialogues about a broadcast: its author sends the message itself, and names a region by writing it."""

from dataclasses import dataclass

from conversations.answers import AGAIN, Text, Village, text_of
from conversations.engine import Draft, Flow, Half, Option, Reply, Step, Value, Words
from rules import regions
from rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Whole(Text):
    """A whole message of any kind: it is taken as it is (handlers/endings.py), so no reply is an answer."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        raise Refused("broadcasts.kinds")


@dataclass(frozen=True, slots=True)
class Region(Village):
    """A place of any level, found by part of its name and chosen by a tap."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        known, tapped = regions.regions(), reply.tapped or ""
        if known.knows(tapped):
            return {"code": tapped, "label": known.path(tapped)}
        query = text_of(reply)
        search = regions.find_places(query)
        places = tuple(Option(one.code, Words("dialogue.as_is", {"text": one.label})) for one in search.found)
        name = "broadcasts.places_more" if search.more else "broadcasts.places"
        return Half({"within": None}, Words(name, {"query": query}), (*places, AGAIN))


broadcast = Flow("broadcast", (Step("message", Whole()),), title=lambda _: Words("broadcast.title"))

broadcast_region = Flow(
    "broadcast_region",
    (Step("region", Region()),),
    title=lambda _: Words("broadcast_region.title"),
    given=("broadcast", "excepted"),
)
