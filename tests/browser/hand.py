"""A hand on one phone of the chat page: taps, types, and waits until the bot has asked the next thing."""

from pathlib import Path
from typing import Final

from playwright.async_api import Locator, expect

PATIENCE: Final = 20_000
"""Milliseconds; a busy machine is no reason to give up."""


class Hand:
    """Does what a person does on one phone."""

    def __init__(self, phone: Locator) -> None:
        self.phone = phone
        self._heard = phone.locator('[data-testid="message"][data-from="bot"]')

    async def asked(self, words: str) -> None:
        """Wait until the newest message of the bot has these words."""
        await expect(self._heard.last).to_contain_text(words, timeout=PATIENCE)

    async def taps(self, label: str, then: str) -> None:
        """Tap the newest button with these words, and wait for what is asked then."""
        await self.phone.get_by_test_id("inline-button").filter(has_text=label).last.click()
        await self.asked(then)

    async def presses(self, label: str, then: str) -> None:
        """Press a button of the reply keyboard, and wait for what is asked then."""
        await self.phone.get_by_test_id("reply-button").filter(has_text=label).click()
        await self.asked(then)

    async def types(self, text: str, then: str) -> None:
        """Type a text and send it, and wait for what is asked then."""
        composer = self.phone.get_by_test_id("composer")
        await composer.fill(text)
        await composer.press("Enter")
        await self.asked(then)

    async def sends_photo(self, path: Path, then: str) -> None:
        """Choose a photo from the gallery and send it, and wait for what is said to it."""
        await self.phone.get_by_test_id("attach").click()
        async with self.phone.page.expect_file_chooser() as choosing:
            await self.phone.page.get_by_test_id("attach-photo").click()
        await (await choosing.value).set_files(path)
        await self.phone.get_by_test_id("dialog-ok").click()
        await self.asked(then)
