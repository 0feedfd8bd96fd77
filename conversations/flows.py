"""The dialogues there are, by name."""

from conversations.administration import appointment, own_channel, own_payer
from conversations.agency import agency
from conversations.broadcast import broadcast, broadcast_region
from conversations.engine import Flow
from conversations.membership import move, protection
from conversations.practice import practice
from conversations.programme import programme, vouching
from conversations.registration import registration
from conversations.repair import repair, returning
from conversations.step_up import pin, sure, totp
from conversations.workforce import workforce

FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (
        registration,
        practice,
        repair,
        returning,
        protection,
        move,
        agency,
        programme,
        vouching,
        broadcast,
        broadcast_region,
        workforce,
        pin,
        totp,
        sure,
        appointment,
        own_channel,
        own_payer,
    )
}
