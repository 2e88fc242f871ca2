"""Codes of the state: businesses, divisions and industries. Pure rules over packaged data."""
