"""Damage to recorded payloads: each kind a function of a number, so that hypothesis can shrink it.

A number is spent on choices by `Picks`; 0 picks the first of everything. What JSON's writer in
Python cannot write (a number of thousands of digits, a nest 100,000 deep, a name given twice) is
put in as a `Literal`, and takes its place once the rest is written.
"""

import copy
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

type Damage = tuple[str, int]
"""A kind of damage, and the number that settles its details."""


class Picks:
    def __init__(self, number: int) -> None:
        self._left = number

    def of[T](self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def below(self, count: int) -> int:
        self._left, index = divmod(self._left, count)
        return index


@dataclass(frozen=True)
class Literal:
    """Bytes that stand in the payload as they are, or twenty thousand levels of them."""

    opening: bytes
    depth: int = 1
    inside: bytes = b""
    closing: bytes = b""

    @property
    def written(self) -> bytes:
        return self.opening * self.depth + self.inside + self.closing * self.depth


DEPTHS = (10, 300, 1_000, 9_980, 9_990, 9_995, 10_000, 100_000)

LITERALS: tuple[Literal, ...] = (
    *(Literal(text) for text in (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1E-400", b"-0")),
    *(Literal(b"9" * digits) for digits in (20, 400, 4_300, 4_301, 20_000)),
    *(Literal(b"[", depth, b"", b"]") for depth in DEPTHS),
    *(Literal(b'{"a":', depth, b"1", b"}") for depth in DEPTHS),
    Literal(b'{"id":1,"id":2,"id":"3"}'),
    Literal(b'"\\ud83d"'),
    Literal(b'"\\uDE00 \\uD83D x"'),
    Literal(b'"\\u0000"'),
    Literal(b'"\xed\xa0\xbd"'),  # half an emoji in UTF-8, which UTF-8 does not allow
    Literal(b'"\xff\xfe"'),
    Literal(b"1" + b"0" * 400 + b".5"),
    Literal(b""),
    Literal(b"undefined"),
    Literal(b"/* no JSON */ 1"),
)

CANARY = "Segreto-7391"
"""In every text a customer may have written here; it belongs in no log."""

TEXTS: tuple[str, ...] = (
    "",
    " ",
    CANARY,
    f"{CANARY} consegna?",
    "\x00",
    f"{CANARY}\x00{CANARY}",
    f"\ufeff{CANARY}",
    "\u202e" + CANARY,  # written from right to left
    "\u200b\u200d\u2060",
    "e" + "\u0301" * 3_000,
    "\U0001f468\u200d" * 2_000 + "\U0001f468",
    "\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645",
    "\u2028\u2029\x85\x0b\x0c",
    f"{CANARY}\r\nX-Injected: 1\r\n\r\n",
    "%s%n{0}{__class__}$(id)`id`",
    "<script>alert(1)</script><!--",
    "'; DROP TABLE desk; --",
    '" OR "" NEAR(a b) phrase:* ^',
    "{% $states.input %}",
    "${DeskTable}",
    "arn:aws:states:::lambda:invoke",
    "../../../../etc/passwd",
    "https://169.254.169.254/latest/meta-data/",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "-1",
    "1e9",
    "\u0661\u0667\u0668\u0668",  # digits, but not ASCII's
    "\ufdfa" * 500,  # each folds into eighteen letters
    "a" * 513,
    "x" * 70_000,
    "\x00" * 65_536,
    "\U0001f600" * 65_536,
    "spam " * 200_000,
)

NUMBERS: tuple[Any, ...] = (
    *(0, 1, -1, True, False, 0.5, -0.0, 1e308, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63), 10**30),
    *(1_793_786_471_000, 253_402_300_800, -62_135_596_801, 99_999_999_999_999, 10**4_000),
)

OTHERS: tuple[Any, ...] = (None, [], {}, [None], [[]], {"a": None}, [{}], {"": ""})

VALUES: tuple[Any, ...] = (*OTHERS, *NUMBERS, *TEXTS, *LITERALS)


@dataclass
class Payload:
    """A document under damage, with the literals that are to stand in it."""

    document: Any
    literals: dict[str, Literal] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any) -> "Payload":
        return cls(copy.deepcopy(document))

    def hold(self, value: Any) -> Any:
        """Return what to put in a document for `value`."""
        if not isinstance(value, Literal):
            return copy.deepcopy(value)
        token = f"literal-{len(self.literals)}-stands-here"
        self.literals[token] = value
        return token

    def written(self, *, as_text: bool = False) -> bytes:
        """Write the payload; `as_text` leaves characters beyond ASCII as they are."""
        text = json.dumps(self.document, ensure_ascii=not as_text)
        body = text.encode(errors="surrogatepass")
        for token, literal in self.literals.items():
            body = body.replace(f'"{token}"'.encode(), literal.written)
        return body

    def places(self) -> list[tuple[Any, Any]]:
        """Return every node as its parent and its key there; none if there is no node inside."""
        found: list[tuple[Any, Any]] = []
        waiting = [self.document]
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                found.extend((node, key) for key in node)
                waiting.extend(node.values())
            elif isinstance(node, list):
                found.extend((node, index) for index in range(len(node)))
                waiting.extend(node)
        return found

    def place(self, picks: Picks) -> tuple[Any, Any] | None:
        places = self.places()
        return picks.of(places) if places else None


# --- damage to the document -------------------------------------------------------------------


def _replace(payload: Payload, picks: Picks) -> None:
    if place := payload.place(picks):
        parent, key = place
        parent[key] = payload.hold(picks.of(VALUES))


def _delete(payload: Payload, picks: Picks) -> None:
    if place := payload.place(picks):
        parent, key = place
        del parent[key]


def _duplicate(payload: Payload, picks: Picks) -> None:
    if place := payload.place(picks):
        parent, key = place
        if isinstance(parent, list):
            parent.insert(picks.below(len(parent) + 1), copy.deepcopy(parent[key]))
        else:
            parent[f"{key}_"] = copy.deepcopy(parent[key])


def _move(payload: Payload, picks: Picks) -> None:
    """Put a copy of one node where another was."""
    source, target = payload.place(picks), payload.place(picks)
    if source and target:
        moved = copy.deepcopy(source[0][source[1]])
        target[0][target[1]] = moved


def _rename(payload: Payload, picks: Picks) -> None:
    places = [(parent, key) for parent, key in payload.places() if isinstance(parent, dict)]
    if places:
        parent, key = picks.of(places)
        names = (key[:-1], key.upper(), "", f"{key}\x00", "__proto__", "x" * 5_000, key[::-1])
        parent[picks.of(names)] = parent.pop(key)


def _wrap(payload: Payload, picks: Picks) -> None:
    if place := payload.place(picks):
        parent, key = place
        kept = parent[key]
        parent[key] = picks.of(([kept], {"a": kept}, [[kept]], [kept, kept], str(kept)))


def _repeat(payload: Payload, picks: Picks) -> None:
    """Repeat a lonely element of a list."""
    lists = [parent for parent, key in payload.places() if isinstance(parent, list)]
    if lists:
        elements = picks.of(lists)
        if len(elements) < 2:  # repeating what was repeated would be quadratic, and no news
            elements[:] = elements * picks.of((3, 12))


def _flood_with_keys(payload: Payload, picks: Picks) -> None:
    objects = [payload.document] if isinstance(payload.document, dict) else []
    objects += [p[k] for p, k in payload.places() if isinstance(p[k], dict)]
    if objects:
        # Equal hashes for whoever hashes integers by their value: nobody does with texts.
        flood = {str(number * (2**61 - 1)): number for number in range(picks.of((50, 2_000)))}
        picks.of(objects).update(flood)


DOCUMENT_DAMAGE: Mapping[str, Callable[[Payload, Picks], None]] = {
    "replace": _replace,
    "delete": _delete,
    "duplicate": _duplicate,
    "move": _move,
    "rename": _rename,
    "wrap": _wrap,
    "repeat": _repeat,
    "flood": _flood_with_keys,
}


# --- damage to the bytes ----------------------------------------------------------------------


def _truncate(body: bytes, picks: Picks) -> bytes:
    return body[: picks.below(len(body) + 1)]


def _flip(body: bytes, picks: Picks) -> bytes:
    if not body:
        return body
    damaged = bytearray(body)
    for _ in range(1 + picks.below(3)):
        damaged[picks.below(len(damaged))] ^= 1 << picks.below(8)
    return bytes(damaged)


def _insert(body: bytes, picks: Picks) -> bytes:
    at = picks.below(len(body) + 1)
    wedge = picks.of((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x00", b"\\", b'"', b"}", b"[" * 99))
    return body[:at] + wedge + body[at:]


def _encode(body: bytes, picks: Picks) -> bytes:
    text = body.decode(errors="replace")
    encoding = picks.of(("utf-16", "utf-8-sig", "utf-32-be", "utf-7"))
    return text.encode(encoding, errors="replace")


def _compress(body: bytes, _: Picks) -> bytes:
    return gzip.compress(body, mtime=0)


def _pad(body: bytes, picks: Picks) -> bytes:
    padding = picks.of((b" ", b"\n", b"\x00", b"{}")) * picks.of((1, 100, 50_000))
    return picks.of((body + padding, padding + body))


def _name_twice(body: bytes, picks: Picks) -> bytes:
    """Begin the object with members that come again later, and win there."""
    first = picks.of((b'"object":null,', b'"entry":[],"entry":{},', b'"update_id":0,', b'"":0,'))
    return body.replace(b"{", b"{" + first, 1)


BYTES_DAMAGE: Mapping[str, Callable[[bytes, Picks], bytes]] = {
    "truncate": _truncate,
    "flip": _flip,
    "insert": _insert,
    "encode": _encode,
    "compress": _compress,
    "pad": _pad,
    "name twice": _name_twice,
}

KINDS = (*DOCUMENT_DAMAGE, *DOCUMENT_DAMAGE, *BYTES_DAMAGE)
"""Kinds to draw from; most damage to bytes leaves no JSON, which is always the same story."""

KINDS_OF_ELEMENTS = tuple(DOCUMENT_DAMAGE)


def bodies(document: Any, damages: Sequence[Damage]) -> list[bytes]:
    """Return the body after each step of a growing damage, first to last.

    Damage to bytes is a leaf: the steps after it go on from the document before it.
    """
    payload = Payload.of(document)
    found = []
    for kind, number in damages:
        picks = Picks(number)
        if kind in DOCUMENT_DAMAGE:
            DOCUMENT_DAMAGE[kind](payload, picks)
            found.append(payload.written())
        else:
            found.append(BYTES_DAMAGE[kind](payload.written(), picks))
    return found


def poisoned(document: Any, batch: int, damages: Sequence[Damage], at: int) -> bytes:
    """Return the body of a call with damaged copies of one element put into a batch of it.

    `batch` is the number of the list's place, the copies go in at `at`.
    """
    payload = Payload.of(document)
    parent, key = payload.places()[batch]
    elements = parent[key]
    poison = Payload([copy.deepcopy(elements[at % len(elements)])], payload.literals)
    for kind, number in damages:
        DOCUMENT_DAMAGE[kind](poison, Picks(number))
    here = at % (len(elements) + 1)
    elements[here:here] = poison.document
    return payload.written()
