"""The dialogues there are, by name."""

from conversations.administration import appointment
from conversations.agency import agency
from conversations.engine import Flow
from conversations.membership import move, protection
from conversations.programme import programme, vouching
from conversations.registration import registration
from conversations.step_up import pin, sure, totp

FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (registration, protection, move, agency, programme, vouching, pin, totp, sure, appointment)
}
