"""Every table we have, so that migrations and tests see the whole."""

from models import (
    accounts,
    application_events,
    applications,
    consents,
    contributions,
    data_requests,
    dialogues,
    erasures,
    memberships,
    people,
    quarantine,
    seen,
    workers,
)
from models.agency import (
    agents,
    associations,
    import_parts,
    imports,
    programmes,
    quotas,
    treasurers,
    vouchings,
)
from models.broadcasting import broadcasts
from models.counting import coverage, coverage_state, group_cards, workforces
from models.office import export_members, exports, own_rows, reviews
from models.owing import buckets, deliveries, fleeting
from models.ownership import hand_overs, invitations, status_links
from models.privacy import corrections
from models.reminding import continuations, opt_outs, plans, snoozes
from models.storage import key_checks
from models.trust import audit, role_links, second_factors

TABLES = (
    accounts.Account,
    accounts.Grant,
    agents.Agent,
    application_events.ApplicationEvent,
    applications.Application,
    associations.AssociationLink,
    associations.AssociationMember,
    audit.AuditHead,
    audit.AuditRow,
    broadcasts.Broadcast,
    buckets.Bucket,
    buckets.Pause,
    consents.Consent,
    continuations.Continuation,
    contributions.Contribution,
    corrections.Correction,
    coverage.Coverage,
    coverage.Touched,
    coverage_state.CoverageState,
    data_requests.DataRequest,
    deliveries.Delivery,
    dialogues.Dialogue,
    erasures.Erasure,
    hand_overs.HandOver,
    export_members.ExportMember,
    exports.Export,
    fleeting.Fleeting,
    group_cards.GroupCard,
    import_parts.Part,
    imports.Import,
    invitations.Invitation,
    key_checks.KeyCheck,
    memberships.Contact,
    memberships.Membership,
    opt_outs.OptOut,
    own_rows.OwnRow,
    people.PersonKeyRow,
    plans.Plan,
    programmes.Place,
    programmes.Programme,
    quarantine.Quarantine,
    reviews.Review,
    quotas.QuotaDay,
    quotas.TypedNik,
    role_links.RoleLink,
    second_factors.SecondFactor,
    seen.SeenUpdate,
    snoozes.Snooze,
    status_links.StatusLink,
    status_links.WrongTry,
    treasurers.Treasurer,
    vouchings.Vouching,
    workers.Worker,
    workforces.Workforce,
)
