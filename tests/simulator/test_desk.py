"""The person's side over HTTP, as the chat page uses it."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from simulator.phone import Phone
from simulator.server import Simulator
from tests.simulator.bot_api import Api


async def post(http: ClientSession, path: str, **given: Any) -> tuple[int, Any]:
    async with http.post(path, json=given) as answer:
        return answer.status, await answer.json()


async def get(http: ClientSession, path: str) -> tuple[int, Any]:
    async with http.get(path) as answer:
        return answer.status, await answer.json()


async def test_a_person_is_made_talks_and_reads(http: ClientSession, api: Api) -> None:
    _, budi = await post(http, "/sim/people", first_name="Budi", id=77, label="agen")
    _, said = await post(http, "/sim/people/77/text", text="/start")
    await api("sendMessage", chat_id=77, text="Halo", reply_markup={"keyboard": [["Mulai"]]})
    _, chat = await get(http, "/sim/people/77/chat")

    assert (budi["label"], budi["blocked"]) == ("agen", False)
    assert [m["from"] for m in chat["messages"]] == ["person", "bot"]
    assert chat["messages"][0]["message_id"] == said["message_id"]
    assert chat["keyboard"] == {"keyboard": [[{"text": "Mulai"}]]}
    assert chat["version"] == 2


async def test_the_state_names_the_bot_and_the_people(http: ClientSession, siti: Phone) -> None:
    _, state = await get(http, "/sim/state")

    assert state["now"] == "2026-08-17T02:00:00+00:00"
    assert state["bot"]["username"] == "daftar_bpu_bot"
    assert [person["first_name"] for person in state["people"]] == ["Siti"]


async def test_every_verb_has_a_route(http: ClientSession, api: Api, siti: Phone) -> None:
    me = f"/sim/people/{siti.id}"
    _, said = await post(http, f"{me}/text", text="Halo")
    number = said["message_id"]
    verbs: list[tuple[str, dict[str, Any]]] = [
        ("tap", {"message_id": number, "data": "x"}),
        ("contact", {"own": True}),
        ("location", {"latitude": -6.2, "longitude": 106.8}),
        ("edit", {"message_id": number, "text": "Halo!"}),
        ("forward", {"message_id": number}),
        ("group", {"text": "Halo"}),
        ("block", {}),
        ("unblock", {}),
        ("leave", {}),
    ]
    answers = [await post(http, f"{me}/{verb}", **given) for verb, given in verbs]

    assert [status for status, _ in answers] == [200] * 9
    assert await post(http, f"{me}/text", text="Halo") == (409, {"error": "this account was deleted"})
    assert (await post(http, f"{me}/dance"))[0] == 404
    assert (await post(http, "/sim/people/5/text", text="x"))[0] == 404


async def test_a_file_goes_up_and_is_shown(http: ClientSession, siti: Phone) -> None:
    form = FormData({"kind": "photo", "caption": "KTP"})
    form.add_field("file", b"jpeg", filename="ktp.jpg")
    async with http.post(f"/sim/people/{siti.id}/file", data=form) as answer:
        assert answer.status == 200
    _, chat = await get(http, f"/sim/people/{siti.id}/chat")
    shown = chat["messages"][0]
    async with http.get(shown["file"]["url"]) as download:
        content = await download.read()

    assert (shown["kind"], shown["text"], shown["file"]["name"]) == ("photo", "KTP", "ktp.jpg")
    assert content == b"jpeg"


@pytest.mark.parametrize("name", ["daftar.html", "logo.svg", "ktp.jpg"])
async def test_a_file_somebody_sent_runs_nothing_in_the_page(
    http: ClientSession, siti: Phone, name: str
) -> None:
    siti.file("document", b"<script>alert(1)</script>", name)
    _, chat = await get(http, f"/sim/people/{siti.id}/chat")
    async with http.get(chat["messages"][0]["file"]["url"]) as download:
        headers = download.headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox"


async def test_the_answer_to_a_tap_can_be_read(http: ClientSession, api: Api, siti: Phone) -> None:
    tap = siti.tap(siti.text("x")["message_id"], "ya")["callback_query_id"]
    before = await get(http, f"/sim/callback/{tap}")
    await api("answerCallbackQuery", callback_query_id=tap, text="Dicatat")

    assert before == (200, {"answered": False})
    assert (await get(http, f"/sim/callback/{tap}"))[1] == {
        "answered": True,
        "text": "Dicatat",
        "show_alert": False,
    }


async def test_the_clock_moves_ahead_and_never_back(http: ClientSession) -> None:
    _, later = await post(http, "/sim/clock", advance_seconds=3600)
    _, tomorrow = await post(http, "/sim/clock", to="2026-08-18T02:00:00+00:00")

    assert later["now"] == "2026-08-17T03:00:00+00:00"
    assert tomorrow["offset_seconds"] == 86400
    assert (await post(http, "/sim/clock", advance_seconds=-1))[0] == 400


async def test_faults_limits_and_redelivery_are_set_over_http(http: ClientSession, sim: Simulator) -> None:
    plan = [{"method": "sendMessage", "share": 0.03, "do": "429"}]
    answers = [
        await post(http, "/sim/faults", faults=plan, seed=1),
        await post(http, "/sim/limits", overall=5),
        await post(http, "/sim/redeliver", share=0.5, seed=2),
        await post(http, "/sim/faults", faults=[{"do": "dance", "share": 1}]),
        await post(http, "/sim/limits", speed=5),
    ]

    assert [status for status, _ in answers] == [200, 200, 200, 400, 400]
    assert sim.limits is not None
    assert sim.limits.overall == 5
    await post(http, "/sim/limits", off=True)
    assert sim.limits is None


async def test_the_ledger_names_every_call_and_never_the_token(
    http: ClientSession, api: Api, siti: Phone
) -> None:
    await api("getMe")
    await api("sendMessage", chat_id=siti.id, text="Halo")
    async with http.post("/bot1:salah/getMe"), http.post(f"/bot{api.token}/getSomething"):
        pass
    _, lines = await get(http, "/sim/ledger?since=1")

    assert [(line["method"], line["person"], line["code"]) for line in lines] == [
        ("sendMessage", siti.id, 200),
        ("getSomething", None, 404),
    ]
    assert api.token not in json.dumps(lines)


async def test_wrong_tokens_and_methods_are_refused_in_telegrams_words(http: ClientSession, api: Api) -> None:
    assert await post(http, "/bot1:salah/getMe") == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized: invalid token specified"},
    )
    assert (await post(http, f"/bot{api.token}/getSomething"))[1]["description"] == (
        "Not Found: method not found"
    )


async def test_the_page_hears_what_happens(http: ClientSession, api: Api, siti: Phone) -> None:
    async with http.get("/sim/events") as stream:
        await stream.content.readuntil(b"\n\n")
        siti.text("Halo")
        sent = await api("sendMessage", chat_id=siti.id, text="Hai")
        await api("sendChatAction", chat_id=siti.id, action="typing")
        await api("editMessageText", chat_id=siti.id, message_id=sent["message_id"], text="Hai!")
        await api("deleteMessage", chat_id=siti.id, message_id=sent["message_id"])
        await post(http, "/sim/clock", advance_seconds=60)
        kinds = []
        for _ in range(6):
            line = await stream.content.readuntil(b"\n\n")
            event = json.loads(line.removeprefix(b"data: "))
            kinds.append((event["type"], event.get("person"), event.get("text")))

    assert kinds == [
        ("message", siti.id, "Halo"),
        ("message", siti.id, "Hai"),
        ("typing", siti.id, None),
        ("edit", siti.id, "Hai!"),
        ("delete", siti.id, None),
        ("clock", None, None),
    ]


async def test_the_page_hears_what_happens_while_its_stream_opens(sim: Simulator, siti: Phone) -> None:
    async def write(_request: web.Request, _stream: web.StreamResponse) -> None:
        siti.text("Halo")

    app = sim.web_app()
    app.on_response_prepare.append(write)
    async with TestClient(TestServer(app)) as http, http.get("/sim/events") as stream:
        await stream.content.readuntil(b"\n\n")
        line = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 10)

    assert json.loads(line.removeprefix(b"data: "))["text"] == "Halo"


async def test_the_group_is_upgraded_over_http(http: ClientSession, siti: Phone) -> None:
    assert (await post(http, "/sim/group/upgrade"))[0] == 404
    siti.group("Halo")

    assert (await post(http, "/sim/group/upgrade"))[1]["chat_id"] < -(10**12)
    assert (await post(http, "/sim/group/kick"))[0] == 200


async def test_a_recorded_conversation_can_be_had_again(http: ClientSession, api: Api, siti: Phone) -> None:
    yes = {"inline_keyboard": [[{"text": "Ya", "callback_data": "ya"}]]}
    me = f"/sim/people/{siti.id}"
    await post(http, "/sim/record")
    await post(http, f"{me}/text", text="Halo")
    sent = await api("sendMessage", chat_id=siti.id, text="Benar?", reply_markup=yes)
    await post(http, f"{me}/tap", message_id=sent["message_id"], data="ya")
    _, recording = await get(http, "/sim/record")

    other = Simulator(token=api.token)
    async with other.serve() as url, ClientSession() as session:
        bot = Api(url, api.token, session)
        again = asyncio.create_task(post(session, f"{url}/sim/replay", **recording))
        (said,) = await bot("getUpdates", timeout=5)
        await bot("sendMessage", chat_id=said["message"]["chat"]["id"], text="Benar?", reply_markup=yes)
        (tap,) = await bot("getUpdates", timeout=5, offset=said["update_id"] + 1)
        assert await again == (200, {"done": 2})

    assert (said["message"]["text"], tap["callback_query"]["data"]) == ("Halo", "ya")


async def test_nothing_outside_the_page_is_served(http: ClientSession) -> None:
    async with http.get("/static/%2e%2e/server.py") as answer:
        assert answer.status == 404
