"""Backups: what we remember, table by table, sealed to a key that only opens elsewhere; and back again."""
