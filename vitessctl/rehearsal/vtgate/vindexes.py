"""Primary vindexes: from a column's value to a keyspace id."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Vindex = Callable[[str], bytes]
"""From a value as text (numbers in decimal) to the keyspace id."""


def xxhash(value: str) -> bytes:
    """XXH64 of the value's text, low byte first (Vitess' `xxhash`)."""
    import xxhash as library

    return library.xxh64_intdigest(value.encode()).to_bytes(8, "little")


def null_key_hash(value: str) -> bytes:
    """DES with a key of zeros over the 64-bit number, high byte first (Vitess' `hash`). ValueError if no number."""
    from Crypto.Cipher import DES

    return bytes(DES.new(bytes(8), DES.MODE_ECB).encrypt((int(value) % 2**64).to_bytes(8, "big")))


VINDEXES: Mapping[str, Vindex] = {"xxhash": xxhash, "hash": null_key_hash}
"""Those that the stand-in knows; a table with another one is only reached through USE keyspace:shard."""
