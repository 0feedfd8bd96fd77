"""Everything that goes out to Telegram."""

import os

# The library reads this at each use: durations are timedeltas, and no deprecation warning is raised.
os.environ["PTB_TIMEDELTA"] = "true"
