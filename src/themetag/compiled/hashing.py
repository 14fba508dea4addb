"""Hash tables of strings and of pairs of numbers, as arrays."""

from __future__ import annotations

from themetag.compiled.jit import compiled, kept
from themetag.compiled.tables import Int32s, Int64s, Strings, Units

# A multiplier of FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo, 1991), in signed numbers that wrap round.
_PRIME = 0x100000001B3


@compiled
def mixed(hash: int, unit: int) -> int:
    """Return the hash of a string that is one unit longer."""
    return (hash ^ unit) * _PRIME


@compiled
def slot_of(hash: int, mask: int) -> int:
    """Return where to look first; the high bits depend on every unit."""
    return (hash ^ (hash >> 23) ^ (hash >> 41)) & mask


@compiled
def find(
    slots: Int32s, bounds: Int32s, known: Units, hash: int, units: Units, low: int, high: int
) -> int:
    """Return the number of the string `units[low:high]` among `Strings`, or -1."""
    mask = len(slots) - 1
    slot = slot_of(hash, mask)
    while slots[slot] >= 0:
        number: int = slots[slot]
        start = bounds[number]
        size = bounds[number + 1] - start
        if size == high - low:
            at = 0
            while at < size and known[start + at] == units[low + at]:
                at += 1
            if at == size:
                return number
        slot = (slot + 1) & mask
    return -1


@kept
def insert_strings(strings: Strings) -> None:
    """Fill the empty hash table of some different strings."""
    mask = len(strings.slots) - 1
    for number in range(len(strings.bounds) - 1):
        hash = 0
        for at in range(strings.bounds[number], strings.bounds[number + 1]):
            hash = mixed(hash, strings.units[at])
        slot = slot_of(hash, mask)
        while strings.slots[slot] >= 0:
            slot = (slot + 1) & mask
        strings.slots[slot] = number


@kept
def insert_steps(steps: Int64s, leading_to: Int32s, keys: Int64s, nodes: Int32s) -> None:
    """Fill an empty hash table with different steps and the nodes that they lead to."""
    mask = len(keys) - 1
    for number in range(len(steps)):
        slot = slot_of(mixed(steps[number], 0), mask)
        while keys[slot] >= 0:
            slot = (slot + 1) & mask
        keys[slot] = steps[number]
        nodes[slot] = leading_to[number]


@compiled
def follow(keys: Int64s, nodes: Int32s, node: int, word: int) -> int:
    """Return the node that a word leads to from a node, or -1."""
    key = (node << 32) | word
    mask = len(keys) - 1
    slot = slot_of(mixed(key, 0), mask)
    while keys[slot] >= 0:
        if keys[slot] == key:
            found: int = nodes[slot]
            return found
        slot = (slot + 1) & mask
    return -1
