"""A desk that runs for months: watching, sending, stopping, looking after itself, and saying how it is."""
