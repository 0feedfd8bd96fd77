"""What we ask, and what counts as an answer: pure, synchronous, ignorant of the network."""
