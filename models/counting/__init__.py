"""How many there are, in every place, kept current."""
