"""What Indonesian law and custom say: pure functions, no Telegram, no database, no clock."""
