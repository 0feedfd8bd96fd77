"""Lists of workers as files: the template, what comes back in any damage, and a verdict for every row."""
