"""The door for other systems: registrations come in and their state goes out, over HTTP, with a token."""
