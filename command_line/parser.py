"""The command line as a whole: what can be said to the bot, and what its help tells."""

import argparse
import textwrap
from typing import Final

from command_line import (
    administration,
    backups,
    broadcasts,
    canaries,
    coverage,
    keys,
    office_files,
    privacy,
    review,
    tables,
)

PARTS: Final = (
    administration,
    keys,
    tables,
    review,
    office_files,
    canaries,
    broadcasts,
    coverage,
    privacy,
    backups,
)
"""What an operator does besides running the bot, by subject; each adds its commands, and obeys them."""


def parser() -> argparse.ArgumentParser:
    """Return the command line; what it reads has in `obey` the function that does it, but for the running."""
    whole = argparse.ArgumentParser(
        prog="bot.py",
        usage="bot.py COMMAND",
        description="A Telegram bot that registers informal workers for BPJS Ketenagakerjaan (BPU).",
        epilog=SETTINGS,
        formatter_class=Listing,
    )
    commands = whole.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="commands", prog="bot.py"
    )
    commands.add_parser("demo", help="try the bot in a page on this computer: no token, no network")
    answering = commands.add_parser("run", help="answer people at Telegram until stopped")
    answering.add_argument(
        "--no-deliveries", action="store_true", help="only answer: other processes send what is owed (work)"
    )
    commands.add_parser("work", help="send what is owed, and answer nobody: beside run --no-deliveries")
    moving = commands.add_parser("migrate", help="bring the database to this release; the former may run on")
    moving.add_argument("--to", help="a former revision, such as 0018: before a return to the former release")
    for part in PARTS:
        known = set(commands.choices)
        part.add_to(commands)
        for name in commands.choices.keys() - known:
            commands.choices[name].set_defaults(obey=part.obey)
    return whole


class Listing(argparse.RawDescriptionHelpFormatter):
    """Lists the commands without a line that says that commands follow."""

    def _format_action(self, action: argparse.Action) -> str:
        listed = super()._format_action(action)
        if action.nargs != argparse.PARSER:
            return listed
        return textwrap.indent(textwrap.dedent(listed.partition("\n")[2]), "  ")


SETTINGS: Final = """\
settings, from the environment:
  BOT_TOKEN     the token BotFather gave; needed by run; BOT_TOKEN_FILE names a file with it
  DATABASE_URL  sqlite:///var/bot.sqlite3 unless set, or postgresql://user:password@host/database
  KEYS_FILE     var/keys unless set; made for an empty database, needed ever after
  BACKUP_FOLDER  var/backups unless set; where backup puts what it makes
  HEALTH        127.0.0.1:9100, say: where /healthz, /readyz and /metrics are; nowhere unless set
  WEBHOOK_URL   has Telegram post updates there; with WEBHOOK_SECRET and LISTEN
  ADMIN_IDS     Telegram ids that become administrators at start, separated by commas
  TIMEZONE      Asia/Jakarta unless set
  EXPORT_LAYOUTS  a folder with layouts of your own for exports
  LOG_LEVEL     INFO unless set; WARNING in the demonstration
  PORT          8080 unless set; where the demonstration's page is

docs/operations.md explains these and the others.
"""
