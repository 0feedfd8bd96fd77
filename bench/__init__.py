"""Speed, memory and faults, measured: each measurement is a program that anyone can run."""
