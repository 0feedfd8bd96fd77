"""Where somebody lives: a desa or kelurahan, found by part of its name."""

from dataclasses import dataclass

from conversations.answers.plain import AGAIN, Plain, text_of
from conversations.engine import Answers, Draft, Half, Option, Reply, Step, Value, Words
from rules import regions

MOST_BUTTONS = 40
"""More villages than this are not offered as buttons; their name is asked for."""

OFFERED_LEVELS = (regions.REGENCY, regions.DISTRICT, regions.VILLAGE)


@dataclass(frozen=True, slots=True)
class Village(Plain):
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
