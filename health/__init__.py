"""Health: what the process says of itself to whoever watches it; nothing of any person."""
