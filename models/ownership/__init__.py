"""Whose record it is: links that hand something over, and what follows from "Ini bukan saya"."""
