"""Every table we have, so that migrations and tests see the whole."""

from models import (
    accounts,
    application_events,
    applications,
    consents,
    data_requests,
    deliveries,
    dialogues,
    erasures,
    key_checks,
    people,
    quarantine,
    seen,
    workers,
)

TABLES = (
    accounts.Account,
    accounts.Grant,
    application_events.ApplicationEvent,
    applications.Application,
    consents.Consent,
    data_requests.DataRequest,
    deliveries.Delivery,
    dialogues.Dialogue,
    erasures.Erasure,
    key_checks.KeyCheck,
    people.PersonKeyRow,
    quarantine.Quarantine,
    seen.SeenUpdate,
    workers.Worker,
)
