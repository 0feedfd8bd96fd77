"""Which reminders fall on a day, for whom, and what holds them back."""
