"""What the office decides, what goes to BPJS Ketenagakerjaan in files, and what comes back."""
