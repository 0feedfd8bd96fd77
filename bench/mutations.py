"""Safeguards taken away one by one: the test of each must turn red. `python -m bench.mutations [NAME ...]`.

Each is a change of one place in a copy of the source, or a switch of a measurement, and the command that must
then fail. A command that cannot be run at all counts as green: what must be red is the test.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
NOT_COPIED: Final = (".git", ".venv", "var", "__pycache__", ".*_cache")
PYTEST: Final = ("-m", "pytest", "-x", "-p", "no:cacheprovider", "-p", "no:randomly")
FAILED: Final = 1
"""What pytest and the measurements end with when something they look for is wrong, and nothing else."""


class Moved(Exception):
    """The text that a mutation changes is not, or not once, where it was."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place of the source, and what stands there without the safeguard."""

    file: str
    old: str
    new: str

    def check(self, root: Path = ROOT) -> None:
        """Raise Moved unless the place is there, once."""
        count = (root / self.file).read_text().count(self.old)
        if count != 1:
            raise Moved(f"{self.file} has {count} times: {self.old!r}")

    def make(self, root: Path) -> None:
        """Take the safeguard away below `root`."""
        self.check(root)
        path = root / self.file
        path.write_text(path.read_text().replace(self.old, self.new))


@dataclass(frozen=True, slots=True)
class Mutation:
    """A safeguard taken away, and the arguments of the Python that must end with 1 then."""

    name: str
    must_fail: tuple[str, ...]
    change: Change | None = None

    def is_noticed(self) -> bool:
        """Return whether the command fails without the safeguard."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "without"
            shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*NOT_COPIED))
            if self.change is not None:
                self.change.make(root)
            command = [sys.executable, *self.must_fail]
            done = subprocess.run(command, cwd=root, capture_output=True)  # noqa: S603  our own words
        return done.returncode == FAILED


def seen_by(tests: str, *which: str) -> tuple[str, ...]:
    """Return the arguments that run a file of tests, or those of it that `which` names."""
    return (*PYTEST, f"tests/{tests}", *(("-k", " and ".join(which)) if which else ()))


KILLED: Final = ("-m", "bench.kills", "--kills", "12", "--each", "0", "--at-once", "30", "--without")

MUTATIONS: Final = (
    # acknowledging
    Mutation("acknowledging after the commit, polling", (*KILLED, "acknowledging-last")),
    Mutation("acknowledging after the commit, webhook", (*KILLED, "acknowledging-last", "--webhook")),
    Mutation("the de-duplication of updates, under kills", (*KILLED, "deduplication")),
    Mutation(
        "200 only after the commit",
        seen_by("handlers/test_webhooks.py", "acknowledged_only_after", "sqlite"),
        Change(
            "handlers/line.py",
            "                if batch:\n                    await self._take(",
            "                if batch:\n                    _answer(batch, handled=True)\n"
            "                    await self._take(",
        ),
    ),
    Mutation(
        "the offset after the batch",
        seen_by("handlers/test_poller.py", "acknowledged_by_the_next_poll"),
        Change(
            "handlers/polling.py",
            "            self._taking = True\n",
            "            self._taking = True\n"
            '            self._offset = max(int(raw["update_id"]) for raw in batch) + 1\n'
            "            await self._acknowledge()\n",
        ),
    ),
    Mutation(
        "the de-duplication of updates",
        seen_by("test_shuffled.py", "change_nothing"),
        Change("handlers/intake.py", "            if arrival.update_id in new:", "            if True:"),
    ),
    Mutation(
        "committing before speaking",
        seen_by("handlers/test_webhooks.py", "nothing_is_said_before", "sqlite"),
        Change(
            "handlers/intake.py",
            "            await self._handle(batch, arrivals)\n            return batch, noted",
            "            await self._handle(batch, arrivals)\n            await self._speak(batch)\n"
            "            batch.sayings.clear()\n            return batch, noted",
        ),
    ),
    Mutation(
        "one process at a time for a person",
        seen_by("handlers/test_two_processes.py", "is_being_answered"),
        Change(
            "models/storage/turns.py",
            "WHERE pg_try_advisory_lock(id)",
            "WHERE true OR pg_try_advisory_lock(id)",
        ),
    ),
    # durability
    Mutation(
        "synchronous FULL and EXTRA, power cuts",
        ("-m", "bench.power_cuts", "--cuts", "100", "--without", "synchronous"),
    ),
    Mutation(
        "synchronous FULL and EXTRA, asked at the start",
        seen_by("test_power_cuts.py"),
        Change(
            "models/storage/sqlite.py",
            "ask(f\"PRAGMA synchronous = {'FULL' if with_wal else 'EXTRA'}\")",
            'ask("PRAGMA synchronous = NORMAL")',
        ),
    ),
    Mutation(
        "synchronous_commit on, asked at the start",
        seen_by("test_postgresql_crashes.py"),
        Change(
            "models/storage/postgresql.py",
            'DURABLE_COMMITS = ("on", "remote_apply")',
            'DURABLE_COMMITS = ("on", "remote_apply", "off")',
        ),
    ),
    Mutation(
        "waiting for a database that is full",
        seen_by("test_disk_full.py"),
        Change(
            "handlers/durably.py",
            "AWAY: Final = (OperationalError, InterfaceError, NoConnectionFree)",
            "AWAY: Final = (InterfaceError, NoConnectionFree)",
        ),
    ),
    Mutation(
        "the alarm of a full disk",
        seen_by("handlers/test_database_away.py", "full_disk"),
        Change("handlers/durably.py", "    if full:", "    if False:"),
    ),
    Mutation(
        "trying again after giving way",
        seen_by("handlers/test_database_away.py", "gave_way"),
        Change("handlers/durably.py", 'GAVE_WAY: Final = ("40001", "40P01")', "GAVE_WAY: Final = ()"),
    ),
    # sending
    Mutation(
        "a claim that holds",
        seen_by("test_clock_jumps.py", "sqlite"),
        Change(
            "models/owing/sending.py",
            ".values(state=Fate.SENDING, lease_until=from_now",
            ".values(state=Fate.QUEUED, lease_until=from_now",
        ),
    ),
    Mutation(
        "dropping what is late",
        seen_by("test_outage.py", "sqlite"),
        Change(
            "models/owing/sending.py",
            ".where(in_state(Fate.QUEUED), Delivery.expires_at <= now)",
            ".where(in_state(Fate.QUEUED), Delivery.expires_at < Delivery.not_before)",
        ),
    ),
    Mutation(
        "telling a flood off",
        seen_by("test_floods_bench.py", "sqlite"),
        Change("handlers/flood.py", "if bucket.tokens < 1:", "if bucket.tokens < -1e9:"),
    ),
    # hostile input
    Mutation(
        "another's private chat is not written in",
        seen_by("handlers/test_malformed.py", "private_chat_of_another"),
        Change(
            "handlers/arrivals.py",
            'chat.type == "private" and chat.id != user.id',
            'chat.type == "nowhere" and chat.id != user.id',
        ),
    ),
    Mutation(
        "odd ids at the door",
        seen_by("handlers/test_malformed.py", "odd_id"),
        Change(
            "handlers/arrivals.py",
            "if not all(_is_whole(one) and abs(one) < HIGHEST_ID for one in ids):",
            "if False:",
        ),
    ),
    Mutation(
        "kinds that were not asked for",
        seen_by("handlers/test_malformed.py", "not_asked_for"),
        Change(
            "handlers/arrivals.py",
            'known = {name: raw[name] for name in ("update_id", *KINDS) if name in raw}',
            "known = dict(raw)",
        ),
    ),
    Mutation(
        "the escape of the renderer",
        seen_by("test_hostile_names.py", "only_text"),
        Change(
            "handlers/render.py",
            "return str(value) if plain else html.escape(str(value), quote=False)",
            "return str(value)",
        ),
    ),
    Mutation(
        "the owner of a repair",
        seen_by("handlers/test_buttons.py", "sqlite"),
        Change(
            "models/office/repairs.py", "Application.account_id == account_id", "Application.account_id > 0"
        ),
    ),
    Mutation(
        "cutting what was typed",
        seen_by("test_fuzz.py", "clean"),
        Change(
            "rules/text.py",
            'return " ".join(folded.split())[:limit].strip()',
            'return " ".join(folded.split()).strip()',
        ),
    ),
    # secrets and keys
    Mutation(
        "comparing a secret in constant time",
        seen_by("test_secrets_compared.py"),
        Change(
            "handlers/webhooks.py", "not hmac.compare_digest(given, self._secret)", "given != self._secret"
        ),
    ),
    Mutation(
        "the row a value is sealed for",
        seen_by("models/test_envelope.py"),
        Change(
            "models/storage/envelope.py",
            'return f"{table}\\0{row}\\0{column}\\0{self.key_id}".encode()',
            'return f"{table}\\0{column}\\0{self.key_id}".encode()',
        ),
    ),
    Mutation(
        "hiding the values of a failed statement",
        seen_by("test_secrets.py", "error_of_the_database"),
        Change("models/storage/engine.py", "hide_parameters=True", "hide_parameters=False"),
    ),
    Mutation(
        "cutting secrets out of the log",
        seen_by("test_logs.py", "secret"),
        Change("logs.py", 'line = line.replace(secret, "[secret]")', "pass"),
    ),
    Mutation(
        "overwriting what is deleted",
        seen_by("models/test_at_rest.py", "outlive"),
        Change("models/storage/sqlite.py", '"PRAGMA secure_delete = ON"', '"PRAGMA secure_delete = OFF"'),
    ),
    Mutation(
        "counting a key's uses before it goes",
        seen_by("models/test_rotation.py", "retired_when", "sqlite"),
        Change("models/trust/rotation.py", "if count := (await uses(db)).get(number, 0):", "if count := 0:"),
    ),
    Mutation(
        "a sealed column in the rotation",
        seen_by("models/test_rotation.py", "every_column"),
        Change("models/trust/sealed_columns.py", '    Sealed(Vouching, "name"),\n', ""),
    ),
    Mutation(
        "refusing a key file that others can read",
        seen_by("test_start_gate.py", "all"),
        Change("models/storage/key_files.py", "& TOO_OPEN", "& 0"),
    ),
    # privacy
    Mutation(
        "one column in the erasure",
        seen_by("models/test_reached.py", "nothing_is_left", "sqlite"),
        Change("models/erasures.py", "    await vouchings.forget(db, account_id)\n", ""),
    ),
    Mutation(
        "letting go of exports at a withdrawal",
        seen_by("models/test_withdrawing.py"),
        Change(
            "models/erasures.py",
            "    await export_members.let_go(db, [each.id for each in stopped])\n",
            "",
        ),
    ),
    Mutation(
        "taking our messages out of the chat",
        seen_by("test_stories.py", "market_seller"),
        Change(
            "handlers/answering.py",
            "if leaves(saying) and isinstance",
            "if not leaves(saying) and isinstance",
        ),
    ),
    Mutation(
        "the alarm after 48 hours",
        seen_by("handlers/test_corrections.py", "after_48_hours"),
        Change("models/data_requests.py", "LATE = timedelta(hours=48)", "LATE = timedelta(hours=72)"),
    ),
    # the desk
    Mutation(
        "a second person for an export",
        seen_by("handlers/test_export_approval.py", "second_person_of_that", "sqlite"),
        Change("rules/exports.py", 'return people > limits()["approval_above"]', "return False"),
    ),
    Mutation(
        "a link to a role works once",
        seen_by("handlers/test_candidates.py", "used", "sqlite"),
        Change("models/trust/role_links.py", "    link.spent_at = now\n", ""),
    ),
    Mutation(
        "an officer's territory",
        seen_by("handlers/test_payments.py", "another_territory", "sqlite"),
        Change(
            "handlers/office/reach.py", "    if not await is_ours(context, application):\n", "    if False:\n"
        ),
    ),
    # backups
    Mutation(
        "the mark of a backup",
        seen_by("models/test_backups.py", "forged_heading", "sqlite"),
        Change(
            "models/backups/heading.py",
            'if not hmac.compare_digest(str(told.get("mark")), self._value()):',
            "if False:",
        ),
    ),
    Mutation(
        "comparing every row of a restore",
        seen_by("models/test_backups.py", "lost_on_the_way", "sqlite"),
        Change(
            "models/backups/loading.py",
            'if (tally.rows, tally.digest) != (told["rows"], told["digest"]):',
            'if tally.rows != told["rows"]:',
        ),
    ),
    Mutation(
        "a backup of one moment",
        seen_by("models/test_backups.py", "one_moment"),
        Change(
            "models/backups/dumping.py",
            '"isolation_level": "REPEATABLE READ"',
            '"isolation_level": "READ COMMITTED"',
        ),
    ),
    Mutation(
        "erasing again whoever has no key",
        seen_by("models/test_backups.py", "forgotten_by_time", "sqlite"),
        Change("models/backups/restoring.py", "await erasures.replay(db, shut)", "pass"),
    ),
    Mutation(
        "a migration that gives way",
        seen_by("test_migrations_bench.py"),
        Change("models/migrations/gently.py", "            self._hold_everything()\n", ""),
    ),
    # the planner
    Mutation(
        "counting what falls on a day",
        seen_by("test_planner_bench.py", "pace_is_short", "sqlite"),
        Change("jobs/spreading.py", "before += loads[number] / per_second", "before += 1e6 / per_second"),
    ),
)


def chosen(mutations: Iterable[Mutation], names: Iterable[str]) -> list[Mutation]:
    """Return those whose name has one of these words in it; all of them for none."""
    words = tuple(names)
    return [each for each in mutations if not words or any(word in each.name for word in words)]


def main() -> int:
    """Take each safeguard away and print what came of it; 1 when one is not missed."""
    parser = argparse.ArgumentParser(prog="bench.mutations", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="only those with one of these words in their name")
    unseen = 0
    for mutation in chosen(MUTATIONS, parser.parse_args().names):
        noticed = mutation.is_noticed()
        unseen += not noticed
        sys.stdout.write(f"{'red' if noticed else 'GREEN':6} without {mutation.name}\n")
        sys.stdout.flush()
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
