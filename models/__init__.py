"""What we remember: tables, and the questions asked of them."""

from models.sqlite_build import stand_in

stand_in()
