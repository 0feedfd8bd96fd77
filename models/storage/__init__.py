"""How anything rests: engines and connections, keys and sealing, ids, migrations; few tables of its own."""
