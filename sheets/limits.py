"""How large a list may be, and what the process that reads it may use.

25,000 workers with fifteen filled columns are 2.0 to 2.5 MB of XLSX and 16 to 23 MB unpacked; with all
columns, each cell styled, about twice that.
"""

import math
import resource
from typing import Final

MB: Final = 1024 * 1024

FILE: Final = 8 * MB
"""Bytes of a file as it is sent."""

UNPACKED: Final = 64 * MB
"""Bytes of all parts of an XLSX together, unpacked."""

BESIDE: Final = 4 * MB
"""Bytes of one unpacked part that is neither cells nor texts: styles, drawings, themes."""

ENTRIES: Final = 200
"""Parts of an XLSX; one of Excel's own has about a dozen."""

RATIO: Final = 100
"""How many times smaller a part may be packed; lists reach 9, bombs begin at 1,000."""

SMALL: Final = 64 * 1024
"""Bytes unpacked below which a part may be packed as tightly as it likes."""

CELLS: Final = 1_500_000
TEXTS: Final = 500_000
"""Cells and shared texts of an XLSX."""

BROAD: Final = 300_000
ACROSS: Final = 60
"""Cells of a sheet however few rows it has, and so many more for each row."""

ROWS: Final = 25_000
"""Rows that get a verdict."""

COLUMNS: Final = 100
TEXT: Final = 500
"""Columns that are looked at, and letters of one cell."""

HEADING_ROWS: Final = 30
"""Rows from the top among which the headings are."""

PART: Final = 500
"""Rows after which a reading process is granted its time anew."""

MEMORY: Final = 512 * MB
SECONDS: Final = 10
ALL_SECONDS: Final = 600
WALL: Final = 15.0
"""Address space; processor seconds for a part and altogether; seconds of silence before it is ended."""


def confine() -> None:
    """Limit this process: memory, time, no files, no other processes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, ALL_SECONDS))


def grant() -> None:
    """Let a confined process use ten more processor seconds from now on; another one is left as it is."""
    if resource.getrlimit(resource.RLIMIT_CPU)[1] != ALL_SECONDS:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (min(seconds, ALL_SECONDS), ALL_SECONDS))
