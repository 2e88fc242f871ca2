"""Dual notification (双告知)."""
