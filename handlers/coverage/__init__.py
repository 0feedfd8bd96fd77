"""/cakupan: how many of a place are registered and pay, in words, pictures and files; counts only."""
