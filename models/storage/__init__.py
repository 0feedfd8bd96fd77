"""How anything rests: engines and connections, keys and sealing, ids, migrations. Knows few tables, its own."""
