"""A local Bot API server with a chat page: demo, tests and benchmarks without Telegram."""
