"""PersonKey: one person's own key, wrapped when it rests."""

import pytest

from models.storage.envelope import CannotOpen
from models.storage.keys import Keys
from models.storage.sealed import PersonKey


def test_a_wrapped_key_opens_what_the_key_sealed() -> None:
    keys, key = Keys.generate(), PersonKey.generate()
    sealed = key.seal_text("workers", 7, "name", "Siti Aminah")
    again = PersonKey.unwrap(keys, 7, key.wrapped(keys, 7))

    assert "Siti Aminah" == again.open_text("workers", 7, "name", sealed)


def test_a_wrapped_key_belongs_to_one_person() -> None:
    keys, key = Keys.generate(), PersonKey.generate()

    with pytest.raises(CannotOpen):
        PersonKey.unwrap(keys, 8, key.wrapped(keys, 7))


def test_a_draft_comes_back_as_it_was() -> None:
    key = PersonKey.generate()
    draft = {"name": "Siti", "village": ["99.01", "Suka Maju"], "income": 1_500_000, "phone": None}
    sealed = key.seal_json("dialogues", 7, "sealed", draft)

    assert draft == key.open_json("dialogues", 7, "sealed", sealed)


def test_a_person_key_never_tells_itself() -> None:
    assert "PersonKey(key 1)" == repr(PersonKey.generate())
