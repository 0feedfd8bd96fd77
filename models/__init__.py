"""What we remember: tables, and the questions asked of them."""
