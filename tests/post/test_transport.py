"""The request object against a server that behaves badly."""

import asyncio
import contextlib
import logging
import traceback

import pytest
import uvloop
from aiohttp import web
from aiohttp.test_utils import unused_port
from telegram import InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from post.bot import Bot, build
from post.failures import Cut, Garbled, NoAnswer, NotConnected, PoolFull, ServerFailed
from post.transport import AiohttpRequest
from tests.post.stand_in import TOKEN, Reply, Telegram, cut, elsewhere, half, page, refuses, says

REFUSALS: list[tuple[Reply, type[TelegramError]]] = [
    (refuses(400, "Bad Request: chat not found"), BadRequest),
    (refuses(401, "Unauthorized: invalid token specified"), InvalidToken),
    (refuses(403, "Forbidden: bot was blocked by the user"), Forbidden),
    (refuses(404, "Not Found: method not found"), InvalidToken),
    (refuses(409, "Conflict: terminated by other getUpdates request"), Conflict),
    (refuses(413, "Request Entity Too Large"), BadRequest),
    (refuses(429, "Too Many Requests: retry after 7", retry_after=7), RetryAfter),
    (refuses(429, "Too Many Requests"), RetryAfter),
    (refuses(500, "Internal Server Error"), ServerFailed),
    (refuses(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009), ChatMigrated),
    (page(502, "<html>Bad Gateway</html>"), ServerFailed),
    (page(403, "<html>Your office forbids this</html>"), ServerFailed),
    (elsewhere, ServerFailed),
    (page(200, "{"), Garbled),
    (page(200, "[" * 100_000), Garbled),
    (page(200, '{"ok": true}'), Garbled),
    (cut, Cut),
    (half, Cut),
]


@pytest.mark.parametrize(("reply", "error"), REFUSALS)
async def test_each_way_to_fail_has_its_class_by_our_own_call(
    bot: Bot, telegram: Telegram, reply: Reply, error: type[TelegramError]
) -> None:
    telegram.script = [reply]

    with pytest.raises(TelegramError) as caught:
        await bot.call("sendMessage", {"chat_id": 5})

    assert error is caught.type


@pytest.mark.parametrize(("reply", "error"), REFUSALS)
async def test_each_way_to_fail_has_its_class_by_the_library(
    bot: Bot, telegram: Telegram, reply: Reply, error: type[TelegramError]
) -> None:
    telegram.script = [reply]

    with pytest.raises(TelegramError) as caught:
        await bot.send_message(5, "Siti")

    assert error is caught.type


@pytest.mark.parametrize("reply", [reply for reply, _ in REFUSALS])
async def test_no_error_holds_the_token_or_hangs_on_to_one_that_does(
    bot: Bot, telegram: Telegram, reply: Reply
) -> None:
    telegram.script = [reply]

    with pytest.raises(TelegramError) as caught:
        await bot.call("sendMessage", {"chat_id": 5})

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert TOKEN not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)


async def test_a_redirection_is_not_followed(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [elsewhere]

    with pytest.raises(ServerFailed):
        await bot.call("sendMessage", {"chat_id": 5})

    assert 1 == len(telegram.calls)


async def test_calls_one_after_another_share_a_connection(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says(True), refuses(403, "Forbidden: user is deactivated"), says(True)]

    for outcome in (None, Forbidden, None):
        with pytest.raises(outcome) if outcome else contextlib.nullcontext():
            await bot.call("sendMessage", {"chat_id": 5})

    assert 1 == len(telegram.connections)


async def test_a_page_that_repeats_the_address_does_not_reach_the_error(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [page(404, f"/bot{TOKEN}/sendMessage was not found here")]

    with pytest.raises(ServerFailed) as caught:
        await bot.send_message(5, "Siti")

    assert TOKEN not in str(caught.value)


async def test_no_representation_shows_the_token(bot: Bot) -> None:
    assert TOKEN not in repr(bot) + repr(bot.request)


async def test_nobody_listening_is_not_connected(request_object: AiohttpRequest) -> None:
    bot = build(TOKEN, f"http://127.0.0.1:{unused_port()}", request_object)

    with pytest.raises(NotConnected):
        await bot.call("getMe", {})


async def test_a_handshake_nobody_answers_is_not_connected() -> None:
    over = asyncio.Event()

    async def mute(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    async with AiohttpRequest(connect_timeout=0.05) as request, server:
        with pytest.raises(NotConnected) as caught:
            await build(TOKEN, f"https://127.0.0.1:{port}", request).call("getMe", {})
        over.set()

    assert TOKEN not in str(caught.value)
    assert caught.value.__context__ is None


async def test_a_closed_request_object_sends_nothing(bot: Bot, telegram: Telegram) -> None:
    await bot.request.shutdown()

    with pytest.raises(NotConnected):
        await bot.call("getMe", {})

    assert not telegram.calls


async def test_no_answer_is_told_from_no_connection(telegram: Telegram) -> None:
    telegram.script = [telegram.silence]
    async with AiohttpRequest(read_timeout=0.05) as request:
        with pytest.raises(NoAnswer) as caught:
            await build(TOKEN, telegram.url, request).call("sendMessage", {"chat_id": 5})

    assert isinstance(caught.value, TimedOut)
    assert ["sendMessage"] == [method for method, _ in telegram.calls]


@pytest.mark.parametrize("reply", [cut, half, page(200, "{")])
async def test_what_fails_on_a_kept_connection_is_in_doubt_and_never_sent_again(
    bot: Bot, telegram: Telegram, reply: Reply
) -> None:
    telegram.script = [says(True), reply]
    await bot.call("getMe", {})

    with pytest.raises(NetworkError) as caught:
        await bot.call("sendMessage", {"chat_id": 5})

    assert caught.type in (Cut, Garbled)
    assert ["getMe", "sendMessage"] == [method for method, _ in telegram.calls]


async def test_an_answer_that_stops_half_way_is_no_answer(telegram: Telegram) -> None:
    async def stops(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"ok":true')
        return await telegram.silence(request)

    telegram.script = [stops]
    async with AiohttpRequest(read_timeout=0.05) as request:
        with pytest.raises(NoAnswer):
            await build(TOKEN, telegram.url, request).call("sendMessage", {"chat_id": 5})


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_who_does_not_speak_tls_has_seen_nothing(greeting: bytes) -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    async with AiohttpRequest() as request, server:
        with pytest.raises(NotConnected):
            await build(TOKEN, f"https://127.0.0.1:{port}", request).call("getMe", {})


async def test_an_address_that_is_none_is_not_connected(request_object: AiohttpRequest) -> None:
    with pytest.raises(NotConnected) as caught:
        await request_object.call(f"nowhere/bot{TOKEN}/getMe", {})

    assert TOKEN not in str(caught.value)
    assert caught.value.__context__ is None


async def test_a_full_pool_sends_nothing(telegram: Telegram) -> None:
    telegram.script = [telegram.silence]
    async with AiohttpRequest(connections=1, pool_timeout=0.01) as request:
        bot = build(TOKEN, telegram.url, request)
        first = asyncio.create_task(bot.call("getUpdates", {}))
        await telegram.reached.wait()
        with pytest.raises(PoolFull):
            await bot.call("sendMessage", {"chat_id": 5})
        telegram.never.set()
        with pytest.raises(NetworkError):
            await first

    assert ["getUpdates"] == [method for method, _ in telegram.calls]


async def test_who_waits_for_a_place_gets_it(telegram: Telegram) -> None:
    async with AiohttpRequest(connections=1) as request:
        bot = build(TOKEN, telegram.url, request)
        results = await asyncio.gather(*(bot.call("sendMessage", {"chat_id": chat}) for chat in range(5)))

    assert [1, 2, 3, 4, 5] == sorted(result["message_id"] for result in results)


async def test_the_library_may_wait_longer_for_one_call(telegram: Telegram) -> None:
    telegram.script = [telegram.silence, telegram.silence]
    async with AiohttpRequest(read_timeout=0.01) as request:
        bot = build(TOKEN, telegram.url, request)
        waiting = asyncio.create_task(bot.get_me(read_timeout=None, connect_timeout=5))
        await telegram.reached.wait()
        with pytest.raises(NoAnswer):
            await bot.get_me(read_timeout=0.02)
        waited = not waiting.done()
        waiting.cancel()

    assert waited


async def test_a_document_is_uploaded_with_its_name(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says({"message_id": 9, "date": 1, "chat": {"id": 5, "type": "private"}})]
    table = b"x" * 2_000_000

    sent = await bot.send_document(5, InputFile(table, filename="peserta.xlsx"), caption="Siti & Budi")

    assert 9 == sent.message_id
    _, asked = telegram.calls[0]
    assert "multipart/form-data" == telegram.kinds[0]
    assert ("5", "Siti & Budi") == (asked["chat_id"], asked["caption"])
    assert ("peserta.xlsx", table) == (asked["document"][0], asked["document"][2])


async def test_the_library_sends_nested_parameters_as_json(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says(True)]

    await bot.set_my_commands([("daftar", "Mulai pendaftaran")])

    assert [{"command": "daftar", "description": "Mulai pendaftaran"}] == telegram.calls[0][1]["commands"]


async def test_a_file_is_fetched_from_its_own_address(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [says({"file_id": "a", "file_unique_id": "b", "file_path": "documents/daftar.csv"})]

    content = await (await bot.get_file("a")).download_as_bytearray()

    assert b"documents/daftar.csv" == content


async def test_half_a_surrogate_pair_in_one_answer_is_read_all_the_same(bot: Bot, telegram: Telegram) -> None:
    telegram.script = [page(200, rb'{"ok": true, "result": [{"update_id": 1, "text": "\ud83d"}]}')]

    assert [{"update_id": 1, "text": "\ud83d"}] == await bot.call("getUpdates", {})


async def test_nothing_unreadable_is_logged(
    bot: Bot, telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    telegram.script = [page(200, "NIK 9901014101900001")]

    with pytest.raises(Garbled):
        await bot.send_message(5, "Siti")

    assert "9901014101900001" not in caplog.text


async def test_opening_and_closing_twice_does_no_harm() -> None:
    request = AiohttpRequest()
    await request.initialize()
    await request.initialize()
    await request.shutdown()
    await request.shutdown()

    assert 6.0 == request.read_timeout


def test_wires_work_on_the_loop_of_production_too() -> None:
    async def told() -> list[object]:
        async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for answer in (b'{"ok":true,"result":1}', b'{"ok":true,"result":2}'):
                await reader.readuntil(b"{}")
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer))
            await reader.readuntil(b"{}")
            writer.transport.abort()

        server = await asyncio.start_server(answers, "127.0.0.1")
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot{TOKEN}/getMe"
        async with AiohttpRequest() as request, server:
            results = [await request.call(url, {}) for _ in range(2)]
            with pytest.raises(Cut):
                await request.call(url, {})
        return results

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert [1, 2] == runner.run(told())
