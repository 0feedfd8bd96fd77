"""How the bot writes its log: known keys only, no message of an exception, and no secret in any line."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# fmt: off
ALLOWED: Final = frozenset(
    {
        "account", "age", "attempts", "batch", "bytes", "changed", "chats", "count", "deliveries",
        "dialogue", "engine", "event", "exception", "flow", "head", "job", "kind", "lane", "language",
        "lease", "level", "logger", "method", "offset", "outcome", "port", "quarantined", "reason",
        "redelivered", "refused", "release", "revision", "rows", "seconds", "settings", "status",
        "step", "tick", "timestamp", "update_id", "updates", "withheld", "worker",
    }
)
# fmt: on
"""The keys a line may have. Ids are internal ones; nothing is ever a text, name or number of a person."""

QUIET: Final = ("aiohttp", "aiosqlite", "alembic", "httpcore", "httpx", "sqlalchemy", "telegram")
"""Libraries whose chatter holds addresses with the token, or values of rows: they only warn."""

SILENT: Final = ("apscheduler",)
"""Libraries that warn of what is no fault, such as a tick that finds the last one still at work."""

SPEAKING: Final = ("alembic", "apscheduler")
"""Libraries whose values are written too; of any other only the pattern is: values may be personal."""

LONGEST: Final = 500


def configure(
    *, level: str, secrets: Iterable[str] = (), json: bool = True, stream: TextIO | None = None
) -> None:
    """Send every line to `stream` (standard output), as JSON or for the eye, without these secrets."""
    stream = stream or sys.stdout
    handler = _Handler(stream)
    handler.setFormatter(_Redacting(secrets, _renderer(json, stream)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for names, least in ((QUIET, logging.WARNING), (SILENT, logging.ERROR)):
        for name in names:
            logging.getLogger(name).setLevel(least)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *_stamps(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
    )


def _stamps() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _renderer(json: bool, stream: TextIO) -> Processor:
    if json:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=stream.isatty())


class _Handler(logging.StreamHandler[TextIO]):
    """Reports a line that cannot be written by its place alone; the usual report shows its values."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        place = f"{Path(record.pathname).name}:{record.lineno}"
        self.stream.write(f'{{"event": "log.unwritable", "level": "error", "place": "{place}"}}\n')


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """The last wall: whatever a line holds, the literal secrets are cut out of it."""

    def __init__(self, secrets: Iterable[str], renderer: Processor) -> None:
        super().__init__(
            foreign_pre_chain=[_pattern_only, *_stamps()],
            processors=[_without_message, _known_keys, renderer],
            use_get_message=False,
            pass_foreign_args=True,
        )
        found = {form for secret in secrets for form in _forms(secret)}
        self._secrets = sorted(found, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line


def _forms(secret: str) -> set[str]:
    """Return the ways a secret may be written: whole, in an address, each long run of its characters."""
    forms = {secret, quote(secret, safe=""), *re.findall(r"[\w+/=-]{16,}", secret)}
    return {form for form in forms if len(form) >= 6}


def _pattern_only(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Keep the first line of what a library says, without values."""
    record: logging.LogRecord = line["_record"]
    words = _words(record.name, str(line["event"]), line.pop("positional_args"))
    return {**line, "event": words.partition("\n")[0]}


def _words(name: str, pattern: str, values: Any) -> str:
    if name == "asyncio":  # whose patterns already hold callbacks with what they were called with
        return re.sub(r"[^A-Za-z ].*", "", pattern, flags=re.DOTALL).strip() or name
    if name == "py.warnings":
        return ": ".join(str(values[0] if values else pattern).split(": ")[:2])
    return pattern % values if values and name.split(".")[0] in SPEAKING else pattern


def _without_message(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Turn an exception into its kinds and places: its message may hold what a person wrote."""
    given = line.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else (given[1] if isinstance(given, tuple) else None)
    if given is True:
        error = sys.exc_info()[1]
    if error is not None:
        line["exception"] = " <- ".join(_place(each) for each in _causes(error))
    return line


def _causes(error: BaseException) -> list[BaseException]:
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and cause not in causes:
        causes.append(cause)
    return causes


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places}" if places else type(error).__name__


def _known_keys(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Drop every key that is not known, and say which were dropped."""
    kept = {key: _short(value) for key, value in line.items() if key in ALLOWED}
    withheld = sorted(key for key in line if key not in ALLOWED and not key.startswith("_"))
    return {**kept, "withheld": withheld} if withheld else kept


def _short(value: object) -> object:
    return value[:LONGEST] + "…" if isinstance(value, str) and len(value) > LONGEST else value
