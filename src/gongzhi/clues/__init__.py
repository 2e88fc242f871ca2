"""Clues of unlicensed business (无证照线索), from discovery to end."""
