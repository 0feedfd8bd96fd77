"""The next worker in one tap: what may be shared is offered at its question, and only to who typed it."""

from models.applications import Application
from tests.handlers.walking import TOLD, WALK, do, register, step_of
from tests.town import Chat, Town


async def go_on_to(chat: Chat, step: str) -> None:
    """Answer until a question, as on the walk."""
    for name, *acts in WALK:
        if name == step:
            return
        if name == await step_of(chat):
            for act in acts:
                await do(chat, act)


async def test_the_next_worker_is_offered_the_address_of_the_last_and_nothing_is_taken_over(
    place: Town,
) -> None:
    siti = place.person()
    await register(siti)
    await siti.taps("Pekerja berikutnya")
    answers = await siti.answers()
    await go_on_to(siti, "address")
    offered = siti.buttons
    await siti.taps("Tetap: Jalan Kenanga 7")

    assert {} == answers
    assert any("Tetap: Jalan Kenanga 7" in button for button in offered)
    assert "Jalan Kenanga 7" == (await siti.answers())["address"]


async def test_names_numbers_and_days_are_offered_to_nobody(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.taps("Pekerja berikutnya")
    personal = [told for told in TOLD if told != "Kenanga" and told != "Melati"]
    for name, *acts in WALK[:-1]:
        if name == await step_of(siti):
            shown = [*siti.heard[-1:], *siti.buttons]
            assert not [told for told in personal if told in " ".join(shown)] or name in ("name", "review"), (
                name
            )
            for act in acts:
                await do(siti, act)
            if name == "nik":
                return


async def test_somebody_else_pressing_the_button_is_offered_nothing(place: Town) -> None:
    siti, joko = place.person("Siti"), place.person("Joko")
    await register(siti)
    await joko.says("/start")
    joko.phone.tap(max(joko.said), siti.callback("Pekerja berikutnya"))
    await joko.hears()
    await go_on_to(joko, "address")

    assert not any("Kenanga" in button for button in joko.buttons)


async def test_both_are_filed_each_with_what_was_told_for_it(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.taps("Pekerja berikutnya")
    for name, *acts in WALK:
        if name != await step_of(siti):
            continue
        own = {
            "nik": ("9901015708909002", "[Ya, benar]"),
            "name": ("Wahyu Pratiwi",),
            "address": ("[Tetap: Jalan Kenanga 7]",),
            "email": ("[Lewati]",),
        }.get(name, acts)
        for act in own:
            await do(siti, act)
    first, second = await place.all(Application)
    told = [one.told(await place.key(one.worker_id)) for one in (first, second)]

    assert ["Rahayu Lestari", "Wahyu Pratiwi"] == [each["name"] for each in told]
    assert ["9901015708909001", "9901015708909002"] == [each["nik"] for each in told]
    assert ["rahayu@contoh.id", None] == [each["email"] for each in told]
    assert told[0]["address"] == told[1]["address"]
