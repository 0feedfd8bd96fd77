"""How the Bot API says no, in the words of Telegram's own server, and how a person's phone says no."""

from typing import Any, Final


class Refusal(Exception):
    """An answer that is not ok: HTTP code, description, and Telegram's parameters if any."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        """The JSON body Telegram would send."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class Impossible(Exception):
    """Something a person cannot do on their phone; `status` is the HTTP code of the page's API."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def bad(text: str, **parameters: int) -> Refusal:
    """400 Bad Request."""
    return Refusal(400, "Bad Request: " + text, **parameters)


def forbidden(text: str) -> Refusal:
    """403 Forbidden."""
    return Refusal(403, "Forbidden: " + text)


def conflict(text: str) -> Refusal:
    """409 Conflict."""
    return Refusal(409, "Conflict: " + text)


def too_many(retry_after: int) -> Refusal:
    """429 with the whole seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def too_large() -> Refusal:
    """413: an upload beyond what a bot may send."""
    return Refusal(413, "Request Entity Too Large")


def not_simulated(what: str) -> Refusal:
    """501: Telegram would accept this, the simulator does not know how."""
    return Refusal(501, f"Not Implemented: {what} is not simulated")


UNAUTHORIZED: Final = Refusal(401, "Unauthorized: invalid token specified")
NO_METHOD: Final = Refusal(404, "Not Found: method not found")
OLD_QUERY: Final = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
