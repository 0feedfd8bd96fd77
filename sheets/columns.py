"""The columns of a list: what each asks for, what stands for an empty cell, and how wide it is shown."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """One column, named for the question it answers; `empty` is the choice an empty cell stands for."""

    name: str
    width: int
    required: bool = False
    empty: str | None = None
    choices: tuple[str, ...] = ()


COLUMNS: Final = (
    Column("nik", 20, required=True),
    Column("name", 26, required=True),
    Column("birth_date", 14, required=True),
    Column("sex", 13, choices=("female", "male")),
    Column("address", 30, required=True),
    Column("village", 20, required=True),
    Column("district", 18),
    Column("regency", 18),
    Column("phone", 17),
    Column("occupation", 24, required=True),
    Column("income", 16, required=True),
    Column("workplace", 22, empty="home_village", choices=("home_village", "around")),
    Column("hours", 15, empty="08:00-17:00", choices=("08:00-17:00", "05:00-12:00", "17:00-23:00")),
    Column("employs", 18, empty="no", choices=("no", "yes")),
    Column(
        "payer",
        24,
        empty="own",
        choices=("own", "household", "association", "donor", "apbdes", "apbd"),
    ),
    Column("programmes", 14, empty="2", choices=("2", "3")),
    Column("months", 12, empty="1", choices=("1", "2", "3", "6", "12")),
    Column("email", 22),
    Column("contact_name", 22),
    Column("contact_phone", 17),
    Column("heir1_name", 22),
    Column("heir1_relation", 18, choices=("spouse", "child", "parent", "sibling", "relative")),
    Column("heir1_phone", 17),
    Column("checked", 16, choices=("yes",)),
)
"""The columns of the template, in its order."""

BY_NAME: Final = {column.name: column for column in COLUMNS}

REQUIRED: Final = tuple(column.name for column in COLUMNS if column.required)
"""Columns a list must have, and every row must fill."""

BESIDE: Final = ("hamlet", "rt", "rw")
"""Columns that lists have beside the address; they are added to it."""

ANSWERED: Final = "reason"
"""The column in which a file comes back with what is to be corrected; it is dropped when it is sent again."""
