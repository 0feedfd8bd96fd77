"""One Chromium for a file of tests, and a fresh village for each test."""

import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from simulator.clock import Clock
from simulator.server import Simulator
from tests.browser.village import Village

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOON = datetime(2026, 8, 3, 5, 0, tzinfo=UTC)  # 12.00 WIB, a Monday


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of this file; only on CI is its absence a failure."""
    chromium = shutil.which("chromium")
    if chromium is None and os.environ.get("CI") != "true":
        pytest.skip("no chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium or "chromium", args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def village(browser: Browser) -> AsyncIterator[Village]:
    """A fresh world at noon; a test fails when the page complained in the console."""
    simulator = Simulator(Clock(frozen_at=NOON), slow_repeats=False)
    people = [("Siti", "Aminah", "Pekerja"), ("Budi", "Santoso", "Agen"), ("Ratna", "Dewi", "Petugas")]
    siti, budi, ratna = [simulator.person(first_name=a, last_name=b, label=c) for a, b, c in people]
    async with simulator.serve() as url, aiohttp.ClientSession() as http:
        village = Village(simulator, url, http, browser, siti, budi, ratna)
        yield village
        for context in village.contexts:
            await context.close()

    assert village.complaints == []
