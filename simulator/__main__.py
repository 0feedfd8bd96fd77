"""Run the simulator alone: `python -m simulator --port 8081 --token 1:abc`."""

import argparse
import asyncio
import signal
import sys

from simulator.server import Simulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description="A local Bot API server with a chat page.")
    parser.add_argument("--port", type=int, default=8081, help="0 takes any free port")
    parser.add_argument("--token", default="", help="the bot's token; one is made up when it is left out")
    parser.add_argument("--remember", type=int, default=None, help="keep only the last messages of a chat")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown parameters")
    parser.add_argument("--seed", type=int, default=None, help="makes the chances repeatable")
    return parser.parse_args()


async def _run(given: argparse.Namespace) -> None:
    simulator = Simulator(
        token=given.token, remember=given.remember, strict=not given.lenient, seed=given.seed
    )
    stopped = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopped.set)
    async with simulator.serve(given.port) as url:
        sys.stdout.write(f"{url}\n")
        if not given.token:
            sys.stdout.write(f"token {simulator.token}\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
