"""Addresses: one spelling, the parts they state, the door they name, and the village they lie in.

Pure: no Django, no files. Division names come in as rows (`Gazetteer.from_rows`), known addresses as rows
(`Library.build`), and `match_many` answers with a confidence that the library has earned on itself.
"""

from gongzhi.addresses.door import door_key
from gongzhi.addresses.gazetteer import Gazetteer, Town, Village
from gongzhi.addresses.library import KnownAddress, Library
from gongzhi.addresses.matching import AddressMatch, Candidate, match, match_many
from gongzhi.addresses.normal import Normalised, normal_text, normalise
from gongzhi.addresses.parsing import Address, Part, parse

__all__ = [
    "Address",
    "AddressMatch",
    "Candidate",
    "Gazetteer",
    "KnownAddress",
    "Library",
    "Normalised",
    "Part",
    "Town",
    "Village",
    "door_key",
    "match",
    "match_many",
    "normal_text",
    "normalise",
    "parse",
]
