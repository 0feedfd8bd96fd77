"""Time where people live: the zone of a village (Keppres 41/1987)."""

WITA_PROVINCES = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
WIT_PROVINCES = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})


def zone_of(code: str) -> str:
    """Return the zone of a region code: WIB, WITA or WIT by its province."""
    if code[:2] in WIT_PROVINCES:
        return "Asia/Jayapura"
    return "Asia/Makassar" if code[:2] in WITA_PROVINCES else "Asia/Jakarta"
