"""The verbs of a person by name, as the page and recordings call them."""

from typing import Any, Final

from simulator.phone import Phone
from simulator.refusals import Impossible

CARD: Final = {"own", "phone_number", "first_name", "user_id", "forwarded"}


def known(given: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The given fields; raises Impossible when there are others than these names."""
    if given.keys() - names:
        raise Impossible(f"only {', '.join(sorted(names))} are known here")
    return given


def do(phone: Phone, verb: str, given: dict[str, Any]) -> dict[str, Any]:
    """Everything a person does but send files."""
    match verb:
        case "text":
            return phone.text(given["text"], int(given.get("reply_to") or 0))
        case "tap":
            return phone.tap(int(given["message_id"]), str(given["data"]))
        case "press":
            return phone.press(given["label"])
        case "contact":
            return phone.contact(**known(given, CARD))
        case "location":
            return phone.location(float(given["latitude"]), float(given["longitude"]))
        case "edit":
            return phone.edit(int(given["message_id"]), given["text"])
        case "forward":
            return phone.forward(int(given["message_id"]))
        case "group":
            return phone.group(given["text"])
        case "block" | "unblock" | "leave":
            return {"block": phone.block, "unblock": phone.unblock, "leave": phone.leave}[verb]()
        case other:
            raise Impossible(f"nobody can {other}", 404)
