"""Lists of workers as files: the template, what comes back in any order and damage, a verdict for every row."""
