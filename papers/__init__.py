"""What we print and draw: slips and sheets as PDF, and the picture of how far a programme is. Knows no tables."""
