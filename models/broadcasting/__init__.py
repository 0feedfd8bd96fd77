"""Messages to many: whom they mean, their recipients, how far they are."""
