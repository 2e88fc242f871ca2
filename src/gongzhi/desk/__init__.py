"""The staff desk: server-rendered pages for everyone who works a case. No rule of law lives here."""
