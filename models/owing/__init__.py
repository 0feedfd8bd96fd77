"""What we owe people: deliveries, who sends them, at which pace, and what they came to."""
