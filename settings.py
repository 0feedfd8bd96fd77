"""The only reader of the environment: refuses a bad setting in one plain sentence, never showing a secret."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

T = TypeVar("T")

DEFAULTS: Final[Mapping[str, str]] = {
    "BOT_API_URL": "https://api.telegram.org",
    "DATABASE_URL": "sqlite:///var/bot.sqlite3",
    "KEYS_FILE": "var/keys",
    "BACKUP_FOLDER": "var/backups",
    "TIMEZONE": "Asia/Jakarta",
    "LOG_LEVEL": "INFO",
    "PORT": "8080",
    "FLOOD_BURST": "20",
    "FLOOD_PER_SECOND": "1",
    "RATE_PER_SECOND": "30",
    "PAID_BROADCASTS": "no",
}
FREE, PAID = 30, 1000
"""Messages a second over all chats that Telegram lets out: free of charge, and with paid broadcasts."""

BULK_SHARE: Final = 5 / 6
"""What of the rate goes to bulk, unless told otherwise: the rest is the replies' reserve."""

IN_FILES: Final = ("BOT_TOKEN", "DATABASE_URL")
"""What may rest in a file instead, such as a credential of systemd: an environment is easily looked into."""

ANSWERS: Final = {"yes": True, "no": False}
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SECRET: Final = re.compile("[A-Za-z0-9_-]{32,256}")
"""What Telegram takes as the secret of a webhook (Bot API, setWebhook), and at least 32 characters of it."""

DATABASES: Final = ("sqlite:///", "sqlite+aiosqlite:///", "postgresql://", "postgresql+psycopg://")


class BadSetting(Exception):
    """One plain sentence that names the variable and what it must be, never the value it has."""

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(f"{name} {rule}.")
        self.name = name


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides; everything secret is left out of `repr`."""

    bot_api_url: str
    database_url: str = field(repr=False)
    keys_file: Path
    timezone: ZoneInfo
    log_level: str
    port: int
    flood_burst: int
    flood_per_second: float
    rate_per_second: float
    bulk_per_second: float
    paid_broadcasts: bool = False
    backup_folder: Path = Path("var/backups")
    health: tuple[str, int] | None = None
    admin_ids: tuple[int, ...] = ()
    export_layouts: Path | None = None
    token: str | None = field(default=None, repr=False)
    keys: str | None = field(default=None, repr=False)
    listen: tuple[str, int] | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str], *, defaults: Mapping[str, str] = DEFAULTS) -> "Settings":
        """Return the settings of an environment over `defaults` over ours, or raise BadSetting.

        An empty variable counts as absent. A secret may rest in a file that `<NAME>_FILE` names.
        """
        given = _with_files({name: value.strip() for name, value in environ.items() if value.strip()})
        values = {**DEFAULTS, **defaults, **given}
        paid = _read(values, "PAID_BROADCASTS", lambda answer: ANSWERS[answer.lower()], "must be yes or no")
        rate = _read(
            values,
            "RATE_PER_SECOND",
            lambda rate: _rate_up_to(rate, PAID if paid else FREE),
            f"must be a number above 0 and at most {PAID}"
            if paid
            else f"must be a number above 0 and at most {FREE}, or at most {PAID} with PAID_BROADCASTS=yes",
        )
        hook = _read(
            values, "WEBHOOK_URL", _hook, "must be an https address such as https://bot.example.id/path"
        )
        listen = _read(values, "LISTEN", _address, "must look like 127.0.0.1:8443: a host and a port")
        if hook and not SECRET.fullmatch(values.get("WEBHOOK_SECRET", "")):
            raise BadSetting("WEBHOOK_SECRET", "must have 32 to 256 characters, of A-Z, a-z, 0-9, _ and -")
        if hook and not listen:
            raise BadSetting("LISTEN", "is missing: WEBHOOK_URL needs a host and a port to listen at")
        return cls(
            bot_api_url=_read(values, "BOT_API_URL", _url, "must be an http or https address"),
            database_url=_read(
                values,
                "DATABASE_URL",
                _database,
                "must look like sqlite:///var/bot.sqlite3 or postgresql://user:password@host/database",
            ),
            keys_file=Path(values["KEYS_FILE"]),
            timezone=_read(values, "TIMEZONE", ZoneInfo, "must be a time zone such as Asia/Jakarta"),
            log_level=_read(values, "LOG_LEVEL", _level, f"must be one of {', '.join(LEVELS)}"),
            port=_read(values, "PORT", _port, "must be a whole number from 1 to 65535"),
            flood_burst=_read(values, "FLOOD_BURST", _count, "must be a whole number of at least 1"),
            flood_per_second=_read(values, "FLOOD_PER_SECOND", _rate, "must be a number above 0"),
            rate_per_second=rate,
            bulk_per_second=_read(
                values,
                "BULK_PER_SECOND",
                lambda bulk: _rate_up_to(bulk, rate) if bulk else rate * BULK_SHARE,
                "must be a number above 0, and not above RATE_PER_SECOND",
            ),
            paid_broadcasts=paid,
            backup_folder=Path(values["BACKUP_FOLDER"]),
            health=_read(values, "HEALTH", _place, "must look like 127.0.0.1:9100, an address and a port"),
            admin_ids=_read(values, "ADMIN_IDS", _ids, "must be Telegram user ids separated by commas"),
            export_layouts=_read(
                values, "EXPORT_LAYOUTS", _folder, "must be a folder with layouts (.toml) for exports"
            ),
            token=_read(values, "BOT_TOKEN", _token, "must look like 123456:ABC-DEF, as BotFather shows it"),
            keys=values.get("KEYS"),
            listen=listen,
            webhook_url=hook,
            webhook_secret=values.get("WEBHOOK_SECRET"),
        )

    @property
    def shared(self) -> bool:
        """Whether several processes may use the database."""
        return self.database_url.startswith("postgresql")

    def needed_token(self) -> str:
        """Return the bot's token, or raise BadSetting: everything but the demo needs one."""
        if self.token is None:
            raise BadSetting("BOT_TOKEN", "is missing: ask BotFather in Telegram for one, or run the demo")
        return self.token

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the literal values that no output may contain."""
        password = urlsplit(self.database_url).password
        return tuple(secret for secret in (self.token, password, self.keys, self.webhook_secret) if secret)


def _with_files(given: dict[str, str]) -> dict[str, str]:
    """Return what was given, with the secrets that rest in files."""
    for name in IN_FILES:
        if (path := given.get(f"{name}_FILE")) is None:
            continue
        if name in given:
            raise BadSetting(f"{name}_FILE", f"must not be set beside {name}")
        given = {
            **given,
            name: _read({f"{name}_FILE": path}, f"{name}_FILE", _content, "must name a file with one line"),
        }
    return given


def _content(path: str) -> str:
    text = Path(path).read_text("utf-8").strip()
    _must(bool(text) and len(text.splitlines()) == 1)
    return text


def _read(values: Mapping[str, str], name: str, parse: Callable[[str], T], rule: str) -> T:
    """Parse one variable; the error neither shows the value nor carries the error that would."""
    try:
        return parse(values.get(name, ""))
    except (ValueError, KeyError, OSError):
        refusal = BadSetting(name, rule)
    raise refusal


def _must(holds: bool) -> None:
    if not holds:
        raise ValueError


def _url(text: str) -> str:
    parts = urlsplit(text)
    _must(parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query)
    _must(parts.port is None or parts.port > 0)
    return text.rstrip("/")


def _hook(text: str) -> str | None:
    """Telegram posts to https only; another Bot API server on the same machine may do without."""
    if not text:
        return None
    parts = urlsplit(_url(text))
    _must(parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost"))
    _must(bool(re.fullmatch("[A-Za-z0-9_./-]*", parts.path)) and not parts.fragment and not parts.username)
    return text


def _address(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    host, _, port = text.rpartition(":")
    _must(bool(host) and _whole(port) <= 65535)
    return host.strip("[]"), int(port)


def _database(text: str) -> str:
    _must(text.startswith(DATABASES) and not text.endswith("///"))
    parts = urlsplit(text)
    _must(bool(parts.path.strip("/")) and (parts.port is None or parts.port > 0))
    return text


def _level(text: str) -> str:
    _must(text.upper() in LEVELS)
    return text.upper()


def _whole(text: str) -> int:
    _must(bool(re.fullmatch("[0-9]{1,18}", text)))
    return int(text)


def _count(text: str) -> int:
    _must(_whole(text) >= 1)
    return int(text)


def _port(text: str) -> int:
    _must(1 <= _whole(text) <= 65535)
    return int(text)


def _place(text: str) -> tuple[str, int] | None:
    """An address and a port; only the port is this machine's own address."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    _must("@" not in host and "/" not in host)
    return (host.strip("[]") or "127.0.0.1", _port(port))


def _rate(text: str) -> float:
    _must(0 < float(text) < float("inf"))
    return float(text)


def _rate_up_to(text: str, most: float) -> float:
    _must(_rate(text) <= most)
    return float(text)


def _folder(text: str) -> Path | None:
    _must(not text or Path(text).is_dir())
    return Path(text) if text else None


def _ids(text: str) -> tuple[int, ...]:
    return tuple(_count(part.strip()) for part in text.split(",") if part.strip())


def _token(text: str) -> str | None:
    _must(not text or bool(re.fullmatch("[1-9][0-9]*:[A-Za-z0-9_-]+", text)))
    return text or None
