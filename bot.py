"""The bot: `python bot.py COMMAND`. What was said on the command line is done by `running/commanded.py`."""

import gc
import os
import resource
import sys
from collections.abc import Mapping, Sequence


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command line; 2 for a start that was refused, with one plain sentence."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the keys
    gc.disable()  # what is loaded stays: to search it for what may go takes a tenth of the start
    try:
        from running import commanded
    finally:
        gc.freeze()
        gc.enable()
    return commanded.done(arguments, environ)


if __name__ == "__main__":
    sys.exit(main())
