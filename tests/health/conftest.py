"""People who register, as in the tests of what we remember."""

from tests.models.conftest import consented, files, form, now

__all__ = ["consented", "files", "form", "now"]
