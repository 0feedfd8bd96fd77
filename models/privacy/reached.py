"""How an erasure reaches every column that names an account or a person, or holds something sealed.

A test walks the schema against this list: a new column of that sort fails it until it is named here, and a
second test plants a row in every table and looks for what is left.
"""

from enum import StrEnum
from typing import Final


class How(StrEnum):
    """What an erasure does to a column.

    goes    its row is deleted, by itself or with the row it hangs on
    emptied the row stays and names nobody any more
    chance  chance stands in its place
    timed   it goes by its own time, within a day
    kept    it stays; `KEPT` says why
    """

    GOES = "goes"
    EMPTIED = "emptied"
    CHANCE = "chance"
    TIMED = "timed"
    KEPT = "kept"


GOES: Final = (
    *("accounts.id", "accounts.dialogue_id", "grants.account_id", "second_factors.account_id"),
    *("second_factors.secret", "wrong_tries.account_id", "person_keys.person_id", "person_keys.wrapped"),
    *("agents.account_id", "agents.person_id", "agents.consent_id", "agents.name", "agents.number"),
    *("agents.office", "agents.decided_by", "association_links.agent_id", "association_links.token_sha256"),
    *("association_links.token", "association_members.agent_id", "association_members.account_id"),
    *("association_members.text_sha256", "applications.worker_id", "applications.account_id"),
    *("applications.consent_id", "applications.nik_index", "applications.answers", "applications.frozen_by"),
    *("applications.worker_account_id", "applications.merged_into", "application_events.application_id"),
    *("application_events.by_account", "application_events.reason", "consents.person_id"),
    *("consents.account_id", "consents.text_sha256", "contacts.membership_id", "contacts.account_id"),
    *("contacts.text_sha256", "continuations.membership_id", "continuations.by_account"),
    *("contributions.membership_id", "contributions.by_account", "contributions.receipt"),
    *("corrections.person_id", "corrections.application_id", "corrections.account_id"),
    *("corrections.wanted", "corrections.former", "corrections.decided_by", "deliveries.account_id"),
    *("deliveries.chat_id", "deliveries.payload", "dialogues.account_id", "dialogues.person_id"),
    *("dialogues.consent_id", "dialogues.sealed", "export_members.application_id"),
    *("group_cards.account_id", "group_cards.chat_id", "group_cards.secret_sha256"),
    *("hand_overs.application_id", "hand_overs.account_id", "hand_overs.token_sha256"),
    *("hand_overs.text_sha256", "import_parts.import_id", "import_parts.sealed", "imports.account_id"),
    *("imports.document", "imports.text_sha256", "imports.outcome", "invitations.token_sha256"),
    *("invitations.membership_id", "invitations.account_id", "memberships.worker_id"),
    *("memberships.application_id", "memberships.nik_index", "memberships.income", "memberships.kpj"),
    *("memberships.payment_code", "opt_outs.nik_index", "places.application_id"),
    *("quarantine.update", "quarantine.error", "quarantine.sender_index", "reviews.application_id"),
    *("reviews.account_id", "snoozes.membership_id", "status_links.application_id"),
    *("status_links.token_sha256", "treasurers.account_id", "treasurers.token_sha256", "workers.id"),
    *("workers.consent_id", "workers.nik", "workers.nik_index", "workers.name", "workers.birth_date"),
    *("workers.phone", "workers.address", "workers.contact"),
)
EMPTIED: Final = (
    *("broadcasts.account_id", "data_requests.account_id", "exports.account_id", "opt_outs.account_id"),
    *(
        "canaries.account_id",
        "programmes.account_id",
        "vouchings.account_id",
        "vouchings.name",
        "workforces.by_account",
    ),
)
CHANCE: Final = ("typed_niks.nik_index",)
TIMED: Final = ("fleeting_messages.chat_id",)
KEPT: Final = {
    "audit_log.by_account": "whose act it was: rows of the log are never changed, and name numbers only",
    "audit_log.person_id": "a number that opens nothing once the key is gone; the log must stay whole",
    "audit_log.mark": "what chains the log; it says nothing of anybody",
    "audit_heads.mark": "what chains the log; it says nothing of anybody",
    "erasures.person_id": "a restored backup must be erased again; the number opens nothing",
    "erasures.account_index": "a restored backup must be erased again; it cannot be read back",
    "data_requests.account_index": "proof that a request was answered; it cannot be read back",
    "quota_days.sender_index": "a quota must not be erased away; it goes after seven days",
    "typed_niks.sender_index": "a quota must not be erased away; it goes after seven days",
    "grants.granted_by": "who gave a role to somebody else; goes with that role's holder",
    "grants.revoked_by": "who took a role from somebody else; goes with that role's holder",
    "broadcasts.approved_by": "the second person of a message to many; a number",
    "broadcasts.origin_chat": "where the author's own message stands; a number",
    "broadcasts.text": "an officer's announcement to many, no data of its author",
    "canaries.nik_index": "of somebody invented, who stands in a file for the office",
    "exports.agreed_by": "the second person of a file with many people; a number",
    "own_rows.begun_by": "who added a channel or a payer; a number",
    "own_rows.ended_by": "who ended a channel or a payer; a number",
    "role_links.made_by": "who offered a role to somebody else; goes when the link runs out",
    "role_links.token_sha256": "of a link, which goes when it runs out; it cannot be read back",
    "exports.layout_sha256": "of a layout, no person",
    "exports.mark": "of a file as a whole; it cannot be read back",
    "key_checks.value": "tells whether the keys fit",
    "vouchings.token_sha256": "of a link that was used; it cannot be read back",
}


def how() -> dict[str, How]:
    """Return what happens to each column, by table and column."""
    lists = ((GOES, How.GOES), (EMPTIED, How.EMPTIED), (CHANCE, How.CHANCE), (TIMED, How.TIMED))
    found = {column: way for columns, way in lists for column in columns}
    return found | dict.fromkeys(KEPT, How.KEPT)
