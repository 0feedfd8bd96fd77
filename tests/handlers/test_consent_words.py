"""The words somebody agrees to: every point of the law, in each language, and the whole is hashed."""

import hashlib

import pytest

from conversations import agency, privacy, registration
from handlers.consent_words import agreed_to, in_full
from locales import languages, say
from models.consents import Consent
from tests.handlers.walking import go_to
from tests.town import Town

PHONE = 1_600
"""Letters a small phone shows in about two screens; a message could hold 4,096."""


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("flow", ["registration", "agency"])
def test_every_point_of_the_law_is_said_short_and_in_full(language: str, flow: str) -> None:
    text = agreed_to(language, flow)
    said = [say(language, f"privacy.{how}.{one}") for how in ("short", "full") for one in privacy.POINTS]

    assert 7 == len(privacy.POINTS)
    assert 14 == len(set(said))
    assert [] == [point for point in said if point not in text]
    assert [] == [one for one in privacy.BESIDES if say(language, f"privacy.short.{one}") not in text]


@pytest.mark.parametrize("language", languages())
def test_the_screen_fits_a_phone_and_the_whole_a_message(language: str) -> None:
    whole = agreed_to(language, "registration")
    screen = whole.removesuffix(in_full(language))

    assert len(screen) < PHONE
    assert len(in_full(language)) < 4_096
    assert "{" not in whole


def test_both_texts_have_the_same_new_version() -> None:
    assert {"2026-12"} == {registration.CONSENT_VERSION, agency.CONSENT_VERSION}


async def test_what_was_shown_is_what_is_kept(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "who")
    (consent,) = await place.all(Consent)
    await siti.says("/privasi")
    shown = next(text for text in siti.said.values() if "Bolehkah kami" in text)

    assert hashlib.sha256(agreed_to("id", "registration").encode()).digest() == consent.text_sha256
    assert [] == [one for one in privacy.POINTS if plain(f"privacy.short.{one}") not in shown]
    assert any(plain("privacy.full.rights") in text for text in siti.heard)


def plain(name: str) -> str:
    """A message as a phone shows it."""
    return say("id", name).replace("<b>", "").replace("</b>", "")
