"""Which programs there are to compare, how each is started, and why one cannot run here."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from bench.processes import ROOT

REDIS: Final = "redis://127.0.0.1:6379/9"
GRAMMY: Final = "bench/grammy"


@dataclass(frozen=True, slots=True)
class Program:
    """One bot: its name, program and arguments, what keeps its dialogues, and what it is in words."""

    name: str
    command: tuple[str, ...]
    told: str
    keep: str = "memory"

    @property
    def needs_crib(self) -> bool:
        """Whether it speaks another language than our rules."""
        return self.command[0] == "node"

    @property
    def replays(self) -> bool:
        """Whether it says what was recorded, and does not understand what it is told."""
        return self == FLOOR

    def lacking(self) -> str:
        """Return what it lacks to run here, "" if nothing."""
        if self.keep == "redis":
            return "" if redis_answers() else f"no Redis answers at {REDIS}"
        if self.command[0] == "node":
            return _grammy_lacks()
        return ""


def _python(name: str, module: str, told: str, keep: str = "memory") -> Program:
    return Program(name, (sys.executable, "-m", f"bench.peers.{module}"), told, keep)


OURS: Final = Program(
    "ours",
    (sys.executable, "bot.py", "run"),
    "this bot, bot.py run: each answer encrypted and durable before its reply",
)
HANDLER: Final = _python(
    "conversation-handler",
    "conversation_handler_bot",
    "python-telegram-bot's ConversationHandler on its defaults, answers in memory",
)
PICKLE: Final = _python(
    "conversation-handler-pickle",
    "conversation_handler_bot",
    "the same with PicklePersistence, written every minute",
    "pickle",
)
AIOGRAM: Final = _python("aiogram", "aiogram_bot", "aiogram's FSM with MemoryStorage")
AIOGRAM_REDIS: Final = _python(
    "aiogram-redis",
    "aiogram_bot",
    "the same with RedisStorage; what Redis itself spends is not counted",
    "redis",
)
GRAMMY_MEMORY: Final = Program(
    "grammy", ("node", f"{GRAMMY}/bot.js"), "grammY with its runner, sessions in memory"
)
GRAMMY_FILE: Final = Program(
    "grammy-file", ("node", f"{GRAMMY}/bot.js"), "the same, a file for each session", "file"
)
FLOOR: Final = _python(
    "floor",
    "floor",
    "no dialogue at all: raw updates, one durable commit a batch, answers replayed from a recording",
)
PROGRAMS: Final = (OURS, HANDLER, PICKLE, AIOGRAM, AIOGRAM_REDIS, GRAMMY_MEMORY, GRAMMY_FILE, FLOOR)


def redis_answers() -> bool:
    """Say whether a Redis answers where it is looked for."""
    try:
        with Redis.from_url(REDIS, socket_connect_timeout=1.0, socket_timeout=1.0) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


def forget_in_redis(prefix: str) -> None:
    """Delete every key of one run."""
    with Redis.from_url(REDIS) as redis:
        for key in redis.scan_iter(match=f"{prefix}:*", count=1000):
            redis.delete(key)


def _grammy_lacks() -> str:
    if shutil.which("node") is None:
        return "there is no node"
    if not (Path(ROOT) / GRAMMY / "bot.js").is_file():
        return f"there is no {GRAMMY}/bot.js"
    if not (Path(ROOT) / GRAMMY / "node_modules").is_dir():
        return f"{GRAMMY}/node_modules is not installed"
    return ""
