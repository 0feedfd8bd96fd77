"""A simulator on a frozen clock, served on a free port, with one person in it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession

from simulator.clock import Clock
from simulator.phone import Phone
from simulator.server import Simulator
from tests.simulator.bot_api import Api

TOKEN = "1000000001:simulated"


@pytest.fixture
def sim() -> Simulator:
    """A simulator whose clock stands still on Independence Day, nine o'clock in Jakarta."""
    clock = Clock(frozen_at=datetime(2026, 8, 17, 2, 0, tzinfo=UTC))
    return Simulator(clock=clock, token=TOKEN, seed=1)


@pytest.fixture
def siti(sim: Simulator) -> Phone:
    """Siti, who wrote to the bot before."""
    return sim.person(first_name="Siti", last_name="Aminah", met=True)


@pytest.fixture
async def url(sim: Simulator) -> AsyncIterator[str]:
    """The address of the running server."""
    async with sim.serve() as address:
        yield address


@pytest.fixture
async def http(url: str) -> AsyncIterator[ClientSession]:
    """A client whose paths are those of the server."""
    async with ClientSession(base_url=url) as session:
        yield session


@pytest.fixture
async def api(url: str) -> AsyncIterator[Api]:
    """The bot's side."""
    async with ClientSession() as session:
        yield Api(url, TOKEN, session)
