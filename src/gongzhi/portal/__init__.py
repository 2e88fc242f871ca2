"""The public's door: report unlicensed trade without an account, and follow by code what became of it."""
