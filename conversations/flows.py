"""The dialogues there are, by name."""

from conversations.agency import agency
from conversations.broadcast import broadcast, broadcast_region
from conversations.engine import Flow
from conversations.membership import move, protection
from conversations.programme import programme, vouching
from conversations.registration import registration

FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (
        registration,
        protection,
        move,
        agency,
        programme,
        vouching,
        broadcast,
        broadcast_region,
    )
}
