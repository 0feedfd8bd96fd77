"""Telegram coming in."""
