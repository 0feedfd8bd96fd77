"""What every life of the bot needs, loaded once before any of them is forked; no thread is begun here."""

import gc

import bench.filed
import bench.points
import bench.witnesses
import bot
import running.commanded
import simulator.server
from rules import regions

__all__ = ["bench", "bot", "running", "simulator"]

regions.warm()
gc.freeze()
