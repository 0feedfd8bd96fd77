"""A village with three phones on one page, in a real browser; the test itself plays the bot."""

from dataclasses import dataclass, field
from typing import Any

import aiohttp
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from simulator.phone import Phone
from simulator.server import Simulator


@dataclass
class Village:
    """Three people with their phones on one page, and a bot that the test itself plays."""

    simulator: Simulator
    url: str
    http: aiohttp.ClientSession
    browser: Browser
    siti: Phone
    budi: Phone
    ratna: Phone
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def bot(self, method: str, **arguments: Any) -> Any:
        """The bot calls a method of the Bot API."""
        address = f"{self.url}/bot{self.simulator.token}/{method}"
        async with self.http.post(address, json=arguments) as response:
            answer = await response.json()
            assert answer["ok"], answer
            return answer["result"]

    async def updates(self) -> list[dict[str, Any]]:
        """What the bot has not been told yet."""
        updates = await self.bot("getUpdates", timeout=0)
        if updates:
            await self.bot("getUpdates", offset=updates[-1]["update_id"] + 1, timeout=0)
        return list(updates)

    async def open(self, width: int = 1440, height: int = 900, **choices: Any) -> Page:
        """The page in a fresh browser window."""
        context = await self.browser.new_context(viewport={"width": width, "height": height}, **choices)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda line: self.complaints.append(line.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.url)
        await expect(page.locator(".desk[data-mode]")).to_have_count(3)
        return page


def phone(page: Page, index: int = 0) -> Locator:
    """The phone of the person at that place."""
    return page.get_by_test_id(f"phone-{index}")


def buttons(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    """An inline keyboard."""
    return {"inline_keyboard": list(rows)}
