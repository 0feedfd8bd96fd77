"""What each answer of Telegram's own server means for the one who sent."""

import datetime as dt

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from post.bot import Bot, Sender, tried
from post.failures import Cut, Garbled, NoAnswer, NotConnected, PoolFull, ServerFailed
from post.outcome import (
    ROWS,
    Broken,
    Gone,
    Halted,
    Later,
    Moved,
    Outcome,
    Sent,
    Uncertain,
    Unreachable,
    outcome_of,
    unquoted,
)
from post.sayings import Message
from tests.post.stand_in import Reply, Telegram, cut, half, page, refuses, says

SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"

TEXTS: list[tuple[int, str, Outcome]] = [
    (403, "Forbidden: bot was blocked by the user", Unreachable("blocked")),
    (403, "Forbidden: user is deactivated", Unreachable("deactivated")),
    (403, "Forbidden: bot can't initiate conversation with a user", Unreachable("never wrote to us")),
    (403, "Forbidden: bot was kicked from the group chat", Unreachable("kicked")),
    (403, "Forbidden: bot was kicked from the supergroup chat", Unreachable("kicked")),
    (403, "Forbidden: bot was kicked from the channel chat", Unreachable("kicked")),
    (403, "Forbidden: bot is not a member of the supergroup chat", Unreachable("not a member")),
    (403, "Forbidden: the group chat was deleted", Unreachable("chat deleted")),
    (403, "Forbidden: bot can't send messages to bots", Unreachable("forbidden")),
    (400, "Bad Request: chat not found", Unreachable("chat not found")),
    (400, "Bad Request: private chat not found", Unreachable("chat not found")),
    (400, "Bad Request: PEER_ID_INVALID", Unreachable("chat not found")),
    (400, SAME, Sent()),
    (400, "Bad Request: message to edit not found", Gone("message not found")),
    (400, "Bad Request: message to delete not found", Gone("message not found")),
    (400, "Bad Request: message can't be edited", Gone("message cannot be edited")),
    (400, "Bad Request: message can't be deleted", Broken("message cannot be deleted")),
    (400, "Bad Request: message can't be deleted for everyone", Broken("message cannot be deleted")),
    (400, OLD, Gone("tap too old")),
    (400, "Bad Request: can't parse entities: unsupported start tag", Broken("entities cannot be parsed")),
    (400, "Bad Request: message text is empty", Broken("text is empty")),
    (400, "Bad Request: reply markup is too long", Broken("reply markup is too long")),
    (400, "Bad Request: BUTTON_DATA_INVALID", Broken("Button_data_invalid")),
    (400, "Bad Request: FROZEN_METHOD_INVALID", Halted("bot frozen")),
    (401, "Unauthorized: invalid token specified", Halted("token refused")),
    (404, "Not Found", Halted("token refused")),
    (404, "Not Found: method not found", Broken("method not found")),
    (409, "Conflict: terminated by other getUpdates request", Halted("conflict")),
    (413, "Request Entity Too Large", Broken("Request Entity Too Large")),
    (421, "Misdirected Request: unallowed token specified", Halted("token refused")),
    (429, "Too Many Requests", Later(1, flood=True)),
    (500, "Internal Server Error: Request aborted", Uncertain("Internal Server Error: Request aborted")),
    (502, "Bad Gateway", Uncertain("Bad Gateway")),
]

REPLIES: list[tuple[Reply, Outcome]] = [
    (refuses(429, "Too Many Requests: retry after 35", retry_after=35), Later(35, flood=True)),
    (refuses(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009), Moved(-1009)),
    (
        page(403, "<html>Your office forbids this</html>"),
        Uncertain("status 403 without an answer of the Bot API"),
    ),
    (page(200, "?"), Uncertain("unreadable answer")),
    (cut, Uncertain("connection cut")),
    (half, Uncertain("connection cut")),
    (says({"message_id": 41}), Sent(41)),
]

ERRORS: list[tuple[TelegramError, Outcome]] = [
    (NotConnected("x"), Later(1)),
    (PoolFull("x"), Later(1)),
    (NoAnswer("late"), Uncertain("late")),
    (Cut("cut"), Uncertain("cut")),
    (ServerFailed("failed"), Uncertain("failed")),
    (Garbled("garbled"), Uncertain("garbled")),
    (TelegramError("new"), Uncertain("new")),
    (ChatMigrated(-1009), Moved(-1009)),
    (RetryAfter(dt.timedelta(seconds=3)), Later(3, flood=True)),
    (RetryAfter(3), Later(3, flood=True)),
    (EndPointNotFound("Endpoint 'sing' not found"), Broken("method not found")),
    # what the library's default request object raises
    (TimedOut("Pool timeout: All connections in the connection pool are occupied."), Later(1)),
    (TimedOut(), Uncertain("Timed out")),
    (NetworkError("httpx.ConnectError: All connection attempts failed"), Later(1)),
    (NetworkError("httpx.RemoteProtocolError: cut"), Uncertain("httpx.RemoteProtocolError: cut")),
]


@pytest.mark.parametrize(("code", "text", "outcome"), TEXTS)
async def test_each_text_of_the_server_has_its_outcome(
    bot: Bot, telegram: Telegram, code: int, text: str, outcome: Outcome
) -> None:
    telegram.script = [refuses(code, text), refuses(code, text)]
    message = Message(5, "Siti")

    assert outcome == await Sender(bot).send(message)
    assert outcome == await tried(bot.send_message(5, "Siti"))


@pytest.mark.parametrize(("reply", "outcome"), REPLIES)
async def test_each_reply_has_its_outcome(
    bot: Bot, telegram: Telegram, reply: Reply, outcome: Outcome
) -> None:
    telegram.script = [reply]

    assert outcome == await Sender(bot).send(Message(5, "Siti"))


@pytest.mark.parametrize(("error", "outcome"), ERRORS)
def test_each_error_has_its_outcome(error: TelegramError, outcome: Outcome) -> None:
    assert outcome == outcome_of(error)


def test_each_row_is_the_outcome_of_some_text() -> None:
    outcomes = [outcome for _, _, outcome in TEXTS] + [outcome for _, outcome in ERRORS]

    assert all(row in outcomes for _, _, row in ROWS)


@pytest.mark.parametrize(
    ("description", "kept"),
    [
        ('unclosed start tag "siti" at byte offset 3', "unclosed start tag"),
        ("inline keyboard button URL 'siti.example' is invalid", "inline keyboard button URL"),
        ("wrong number 081200001111 given", "wrong number … given"),
        ("can't find it", "can't find it"),
        ("wrong https://siti.example", "wrong"),
    ],
)
def test_a_reason_keeps_nothing_a_person_wrote(description: str, kept: str) -> None:
    assert kept == unquoted(description)
    assert Broken(kept) == outcome_of(BadRequest(description))
