"""The same registration as others would write it: what this bot is measured against."""
