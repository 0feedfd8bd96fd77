"""Refused: the one way any rule says no to a person."""


class Refused(Exception):
    """What a person may do wrong: a message name of `locales/` and the values for its blanks.

    The values are shown to the person who sent them, and to nobody else: they never reach a log.
    """

    def __init__(self, name: str, /, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values
