"""What we remember: tables, and the questions asked of them."""

from models.storage.sqlite_build import stand_in

stand_in()
