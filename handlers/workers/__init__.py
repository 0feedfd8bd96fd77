"""Workers, and whoever is reminded for them: where a member stands, what was paid, who can be reached."""
