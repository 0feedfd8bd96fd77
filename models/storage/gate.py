"""StartRefused: why the bot does not start, in one plain sentence for the operator."""


class StartRefused(Exception):
    """A setting that would break a promise; the message is shown as it is, and tells no secret."""
