"""Consents: who agreed to which words, when, how, and on what ground somebody else agreed for them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, one_of


class Basis(StrEnum):
    """Who gave the consent to the bot (UU 27/2022, articles 20 to 24).

    self         the worker, for their own data
    family       a relative at the worker's side
    employer     the household or business the worker works for
    agent        an agent who holds the worker's word or signed statement
    association  the worker's association
    village      the village or a sponsor, on a list the worker agreed to
    """

    SELF = "self"
    FAMILY = "family"
    EMPLOYER = "employer"
    AGENT = "agent"
    ASSOCIATION = "association"
    VILLAGE = "village"


class Consent(Base):
    """One recorded consent: the person it is about, and the exact text that was shown."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person_keys.person_id"), index=True)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id"), index=True)
    text_version: Mapped[str]
    text_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    language: Mapped[str]
    given_at: Mapped[datetime]
    channel: Mapped[str]
    basis: Mapped[Basis] = mapped_column(one_of(Basis))
    manner: Mapped[str | None]
