"""Speed, memory and faults, measured: each measurement is a program that anyone can run."""

import models

assert models  # before any driver: it puts the SQLite we ship with where they look for one
