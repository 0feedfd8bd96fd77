"""Who may, who is sure to be who, and the log of what was done."""
