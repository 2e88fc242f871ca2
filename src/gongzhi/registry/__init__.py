"""One business, one file (一企一档)."""
