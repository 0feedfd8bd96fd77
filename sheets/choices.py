"""What may be chosen in a cell: by the words of the template, in any language, or everyday ones."""

import functools
from collections.abc import Mapping

from locales import languages, say
from rules import occupations
from rules.refusal import Refused
from sheets import words
from sheets.columns import BY_NAME


@functools.lru_cache(maxsize=4096)
def choice_named(column: str, text: str) -> str | None:
    """Return the choice a text means: its everyday words, or those of the template in any language."""
    said = words.plain(text)
    known = words.choices().get(column, {})
    if said in known:
        return known[said]
    for choice in BY_NAME[column].choices:
        if any(said == words.plain(shown(column, choice, language)) for language in languages()):
            return choice
    number = said.removesuffix(" bulan").removesuffix(" months")
    return number if column == "months" and number in BY_NAME["months"].choices else None


def shown(column: str, choice: str, language: str) -> str:
    """Return the words of a choice in the template, without pictures."""
    if column in ("checked", "employs"):
        return say(language, f"sheets.{choice}")
    if column == "months":
        return choice
    stem = "heir_relation" if column == "heir1_relation" else column
    value = choice[:2] if column == "hours" else choice
    return _without_pictures(say(language, f"registration.{stem}.{value}"))


def _without_pictures(text: str) -> str:
    return "".join(char for char in text if ord(char) < 0x2190).strip()


def offered(column: str, language: str) -> str:
    """Return the choices of a column in words."""
    return " / ".join(shown(column, choice, language) for choice in BY_NAME[column].choices)


@functools.lru_cache(maxsize=4096)
def job_named(text: str) -> tuple[str, str]:
    """Return the occupation a text is surely, and its words; Refused where it may be several, or none."""
    kind, _, own = text.partition(":")
    said = words.plain(kind)
    if said in _labels():
        return _labels()[said], own.strip() or (text if _labels()[said] != "lainnya" else "")
    if occupations.is_wage_earner(text):
        raise Refused("eligibility.wage_earner")
    matches = occupations.find(text)
    sure = [match.occupation.id for match in matches if match.score == 100.0]
    if len(sure) == 1:
        return sure[0], text
    if not matches:
        raise Refused("sheets.reason.job_unknown", words=text)
    jobs = " / ".join(match.occupation.label for match in matches[:4])
    raise Refused("sheets.reason.job_which", words=text, jobs=jobs)


@functools.cache
def _labels() -> Mapping[str, str]:
    """Return each occupation by its name in the template, in any language."""
    known = occupations.occupations()
    labels = {
        words.plain(say(language, f"occupations.{one}")): one for one in known for language in languages()
    }
    return {**labels, **{words.plain(job.label): job.id for job in known.values()}}
