# Each target sets up what it needs: only Python 3.11 or newer, make and pip are expected.
PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin
AT_ONCE ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')  # tests wait a good deal
BENCHES ?= villages sheets planner pace dialogue

.PHONY: licences help setup demo run test check format bench peers large kill soak

help:
	@echo "make demo    try the bot in a page on this computer (PORT=8080): no token, no network"
	@echo "make test    run the tests, every one that asks a database on both"
	@echo "make run     answer people at Telegram (needs BOT_TOKEN)"
	@echo "make check   everything CI checks: format, lint, types, imports, tests (the whole bot: databases in turns)"
	@echo "make bench   measure the village search, lists, planning a million reminders, the pace, the dialogue"
	@echo "make peers   what the peers of the dialogue's measurement need besides Python (Node 20 or newer, npm)"
	@echo "make large   an export of a million, coverage of five million, a broadcast to 100,000 killed 20 times (an hour)"
	@echo "make soak    prove every promise in its long form, take each safeguard away, write docs/promises.md (hours)"
	@echo "make licences  write docs/dependencies.md: what the bot stands on, and under which licences"
	@echo "make kill    kill the bot a hundred times during registrations and count what was lost"

setup: .venv/.run

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: setup
	PORT=$(PORT) $(BIN)/python bot.py demo

run: setup
	$(BIN)/python bot.py run

test: .venv/.dev
	$(BIN)/python -m pytest --numprocesses $(AT_ONCE) --dist worksteal

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses $(AT_ONCE) --dist worksteal --in-turns --canaries

licences: .venv/.dev
	$(BIN)/python -m bench.dependencies

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.dev
	@missed=; for bench in $(BENCHES); do \
	  echo "== $$bench"; $(BIN)/python -m bench.$$bench || missed="$$missed $$bench"; \
	done; test -z "$$missed" || { echo "Not what is wanted:$$missed"; exit 1; }

peers:
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer, which brings it"; exit 1; }
	cd bench/grammy && npm ci

large: .venv/.dev
	$(BIN)/python -m bench.exports
	$(BIN)/python -m bench.coverage
	$(BIN)/python -m bench.broadcast_kills
	$(BIN)/python -m bench.shuffled --stale
	$(BIN)/python -m bench.contended

kill: .venv/.dev
	$(BIN)/python -m bench.kills --kills 100
	$(BIN)/python -m bench.kills --kills 100 --webhook
	$(BIN)/python -m bench.delivery_kills
	$(BIN)/python -m bench.power_cuts
	$(BIN)/python -m bench.postgresql_crashes
	$(BIN)/python -m bench.disk_full

soak: .venv/.dev
	$(BIN)/python -m bench.soak --write docs/promises.md
