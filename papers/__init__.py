"""What we print and draw: slips and sheets as PDF, and the picture of how far a list is. Knows no tables."""
