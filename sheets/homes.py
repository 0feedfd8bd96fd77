"""The village a row names: found by name, kecamatan and kabupaten, never guessed; slips are pointed out."""

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Final

from rapidfuzz import fuzz, process

from rules import spellings
from rules.refusal import Refused
from rules.regions import DISTRICT, REGENCY, VILLAGE, Place, regions

SHOWN: Final = 3
"""How many places of one name are named."""

LIKE: Final = 72.0
"""Likeness, 0 to 100, from which a place is proposed for a name that nobody bears."""

MARKED: Final = {
    "village": re.compile(r"(?:desa|ds|kelurahan|kel|gampong|nagari)\b\.?\s*(?P<name>.+)", re.IGNORECASE),
    "district": re.compile(r"(?:kecamatan|kec)\b\.?\s*(?P<name>.+)", re.IGNORECASE),
    "regency": re.compile(r"(?P<name>(?:kabupaten|kab|kota)\b\.?\s*.+)", re.IGNORECASE),
}
"""What a part of an address says it is: "Kec. Cibiuk"."""

PARTS: Final = re.compile(r"\s*[,;/]\s*|\s+(?=(?:kec|kecamatan|kab|kabupaten)\b)", re.IGNORECASE)
Found = Mapping[str, tuple[str, ...]]


def value_of(village: str, district: str = "", regency: str = "") -> Place:
    """Return the village that three cells name; Refused, naming the cell, where it is none or several."""
    code = re.sub(r"[.\s]", "", village)
    if code.isdecimal():
        return _by_code(code)
    return regions().place(_code(*_parted(village, district, regency)))


def _by_code(code: str) -> Place:
    if len(code) != VILLAGE or not regions().knows(code):
        raise Refused("sheets.reason.village_code")
    return regions().place(code)


def _parted(village: str, district: str, regency: str) -> tuple[str, str, str]:
    """Take "Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut" in one cell apart; the other cells count first."""
    told = {"district": district, "regency": regency}
    free = [name for name in ("village", "district", "regency") if not told.get(name)]
    for part in PARTS.split(village) if PARTS.search(village) else [village]:
        marked = next(((name, hit) for name, sign in MARKED.items() if (hit := sign.fullmatch(part))), None)
        if marked and marked[0] in free:
            told[marked[0]] = marked[1]["name"]
            free.remove(marked[0])
        elif marked is None and free and part:
            told[free.pop(0)] = part
    return told.get("village", ""), told["district"], told["regency"]


@functools.lru_cache(maxsize=8192)
def _code(village: str, district: str, regency: str) -> str:
    """Return the one code of a village of this name in these places."""
    around = _regencies(regency) if regency else ()
    within = _districts(district, around) if district else around
    named = _villages(within)
    codes = named.get(_key(village), ())
    if len(codes) == 1:
        return codes[0]
    if codes:
        shown = "; ".join(regions().path(code) for code in codes[:SHOWN])
        raise Refused("sheets.reason.village_which", count=len(codes), examples=shown)
    raise _unknown("village", village, named)


def _regencies(written: str) -> tuple[str, ...]:
    """Return the kabupaten and kota of a name: "Bandung" may be either, "Kab. Bandung" and "Kota …" not."""
    words = spellings.spelt(written)
    kind = {"kab": "kabupaten", "kabupaten": "kabupaten", "kota": "kota"}.get(words[0] if words else "", "")
    named = _regency_names()
    codes = named.get("".join(words[1:] if kind else words), ()) or named.get("".join(words), ())
    wanted = tuple(code for code in codes if regions().names[code].lower().startswith(kind))
    if not wanted:
        raise _unknown("regency", written, named)
    return wanted


def _districts(written: str, around: tuple[str, ...]) -> tuple[str, ...]:
    named = _district_names(around)
    codes = named.get(_key(written), ())
    if not codes:
        raise _unknown("district", written, named)
    return codes


@functools.cache
def _regency_names() -> Found:
    places = [place for province in regions().inside("") for place in regions().inside(province.code)]
    return _by_name((_bare(place), place.code) for place in places)


def _bare(regency: Place) -> str:
    """Return the name of a kabupaten or kota without its kind."""
    return re.sub(r"^(Kabupaten|Kota)( Administrasi)? ", "", regency.name)


@functools.lru_cache(maxsize=64)
def _district_names(around: tuple[str, ...]) -> Found:
    codes = around or tuple(code for codes in _regency_names().values() for code in codes)
    return _by_name((place.name, place.code) for code in codes for place in regions().inside(code))


@functools.lru_cache(maxsize=512)
def _villages(within: tuple[str, ...]) -> Found:
    """Return the villages by name, of these kecamatan or kabupaten, or of the whole country."""
    codes = within or tuple(code for codes in _regency_names().values() for code in codes)
    districts = [code for code in codes if len(code) == DISTRICT]
    for code in codes:
        if len(code) == REGENCY:
            districts += [place.code for place in regions().inside(code)]
    return _by_name((place.name, place.code) for code in districts for place in regions().inside(code))


def _by_name(places: Iterable[tuple[str, str]]) -> Found:
    found: dict[str, tuple[str, ...]] = {}
    for name, code in places:
        key = _key(name)
        found[key] = (*found.get(key, ()), code)
    return found


def _key(name: str) -> str:
    """Return a name without blanks and signs, short forms written out: Suka Maju is Sukamaju."""
    words = spellings.spelt(name)
    return "".join(spellings.without_markers(words) or words)


def _unknown(level: str, written: str, named: Found) -> Refused:
    """Return why a name was not found, with the one it is likest to."""
    like = process.extractOne(_key(written), named.keys(), scorer=fuzz.ratio, score_cutoff=LIKE)
    if like is None:
        return Refused(f"sheets.reason.{level}_unknown", written=written)
    return Refused(f"sheets.reason.{level}_like", written=written, like=regions().path(named[like[0]][0]))
