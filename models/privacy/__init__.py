"""What the law on personal data lets people ask for: to see, to correct, and to hear of a breach."""
