"""The expressions that the desk table writes, as DynamoDB understands them.

One that is not known stops the run: nothing is guessed.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

type Item = dict[str, Any]
type Request = Mapping[str, Any]


class NotSpoken(BaseException):
    """A small service was asked for what it does not know; no handler may swallow it."""


class Refused(Exception):
    """DynamoDB answers such a request with a ValidationException."""


_EXPRESSIONS = (
    "ConditionExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
_WORD = re.compile(r"[#:]?\b\w+\b")
_SYNTAX = frozenset(
    "SET REMOVE ADD DELETE AND OR NOT IN BETWEEN attribute_exists attribute_not_exists"
    " attribute_type begins_with contains if_not_exists size".split()
)


def check_words(request: Request) -> None:
    """Every name and value is given and used, and no attribute has a name of DynamoDB's own."""
    words = {
        word for name in _EXPRESSIONS for word in _WORD.findall(request.get(name, ""))
    } - _SYNTAX
    given = {
        *request.get("ExpressionAttributeNames", ()),
        *request.get("ExpressionAttributeValues", ()),
    }
    if given != {word for word in words if word[0] in "#:"}:
        raise Refused(f"names and values given: {given}, used: {words}")
    if reserved := {word for word in words if word.upper() in _reserved()}:
        raise Refused(f"reserved: {reserved}")


@cache
def _reserved() -> frozenset[str]:
    """The words that DynamoDB reserves, in the list that moto ships; moto is not imported."""
    moto = find_spec("moto")
    assert moto is not None
    assert moto.origin is not None
    words = Path(moto.origin).with_name("dynamodb") / "parsing" / "reserved_keywords.txt"
    return frozenset(words.read_text().split())


def _name(word: str, request: Request) -> str:
    return str(request["ExpressionAttributeNames"][word]) if word.startswith("#") else word


# --- conditions ---------------------------------------------------------------------------------

_EXISTS = re.compile(r"attribute_(?P<word>exists|not_exists)\((?P<name>#?\w+)\)")
_COMPARES = re.compile(r"(?P<name>#?\w+) (?P<sign>=|<>|<=) (?P<value>:\w+)")


def holds(request: Request, item: Item) -> bool:
    """Tell whether a write is allowed upon an item; an empty one stands for none at all."""
    condition = request.get("ConditionExpression")
    return condition is None or any(
        all(_term_holds(term, item, request) for term in terms.split(" AND "))
        for terms in condition.split(" OR ")
    )


def _term_holds(term: str, item: Item, request: Request) -> bool:
    if match := _EXISTS.fullmatch(term):
        return (_name(match["name"], request) in item) is (match["word"] == "exists")
    if match := _COMPARES.fullmatch(term):
        value = request["ExpressionAttributeValues"][match["value"]]
        if match["sign"] == "<=":
            there = item.get(_name(match["name"], request))
            return there is not None and _at_most(there, value)
        return (item.get(_name(match["name"], request)) == value) is (match["sign"] == "=")
    raise NotSpoken(term)


def _at_most(there: Item, value: Item) -> bool:
    """Compare texts, or numbers; of two kinds neither is less."""
    if "N" in there and "N" in value:
        return Decimal(there["N"]) <= Decimal(value["N"])
    return "S" in there and "S" in value and bool(there["S"] <= value["S"])


# --- updates ------------------------------------------------------------------------------------

_UPDATE = re.compile(
    r"(?:SET (?P<set>.+?))?(?: ?REMOVE (?P<remove>[\w, ]+?))?"
    r"(?: ?ADD (?P<add>\w+ :\w+(?:, \w+ :\w+)*))?"
)
_ASSIGNMENT = re.compile(
    r"(?P<name>#?\w+) = (?:if_not_exists\((?P<unless>\w+), (?P<default>:\w+)\)|(?P<value>:\w+))"
    r"(?:, |$)"
)


def updated(request: Request, item: Item) -> Item:
    """Return an item as an update leaves it; its key stays."""
    update = _UPDATE.fullmatch(request["UpdateExpression"])
    if not update:
        raise NotSpoken(request["UpdateExpression"])
    assigned = _assigned(update["set"] or "", item, request)
    removed = set((update["remove"] or "").split(", ")) - {""}
    if update["add"]:
        assigned |= _added(update["add"], item, request)
    if not request["Key"].keys().isdisjoint({*assigned, *removed}):
        raise Refused("an update of the key")
    return {name: value for name, value in (item | assigned).items() if name not in removed}


def _added(additions: str, item: Item, request: Request) -> Item:
    added: Item = {}
    for addition in additions.split(", "):
        name, word = addition.split(" ")
        before = item.get(name, {"N": "0"})
        if "N" not in before:
            raise Refused(f"an addition to {name}, which is no number")
        amount = request["ExpressionAttributeValues"][word]["N"]
        added[name] = {"N": str(int(before["N"]) + int(amount))}
    return added


def _assigned(assignments: str, item: Item, request: Request) -> Item:
    matches = list(_ASSIGNMENT.finditer(assignments))
    if "".join(match[0] for match in matches) != assignments:
        raise NotSpoken(assignments)
    values = request.get("ExpressionAttributeValues", {})
    return {
        _name(match["name"], request): values[match["value"]]
        if match["value"]
        else item.get(match["unless"], values[match["default"]])
        for match in matches
    }


# --- reading ------------------------------------------------------------------------------------


def projected(request: Request, item: Item) -> Item:
    """Return of an item what a read asked for, all of it unless it asked for less."""
    if "ProjectionExpression" not in request:
        return item
    names = [_name(word, request) for word in request["ProjectionExpression"].split(", ")]
    return {name: item[name] for name in names if name in item}


_KEY_TERM = re.compile(
    r"(?P<equal>\w+) = (?P<exactly>:\w+)"
    r"|(?P<less>\w+) < (?P<limit>:\w+)"
    r"|(?P<least>\w+) >= (?P<from>:\w+)"
    r"|(?P<between>\w+) BETWEEN (?P<first>:\w+) AND (?P<last>:\w+)"
    r"|begins_with\((?P<begins>\w+), (?P<prefix>:\w+)\)"
)

type Fits = Callable[[Item], bool]


def key_condition(request: Request, partition: str, sort_key: str) -> Fits:
    """Return which items a query asks for, by the key of the table or of an index."""
    expression = request["KeyConditionExpression"]
    values = {name: str(value["S"]) for name, value in request["ExpressionAttributeValues"].items()}
    terms = list(_KEY_TERM.finditer(expression))
    if " AND ".join(term[0] for term in terms) != expression:
        raise NotSpoken(expression)
    names = [
        term["equal"] or term["less"] or term["least"] or term["between"] or term["begins"]
        for term in terms
    ]
    if names not in ([partition], [partition, sort_key]) or not terms[0]["equal"]:
        raise Refused(f"{expression} is no condition on {partition} and {sort_key}")
    fits = [_fits(term, values) for term in terms]
    return lambda item: all(each(item) for each in fits)


def asked_for(request: Request, partition: str) -> str:
    """Return the value of the partition key that a query names."""
    first = _KEY_TERM.match(request["KeyConditionExpression"])
    if first is None or first["equal"] != partition:
        raise Refused(f"{request['KeyConditionExpression']} names no {partition}")
    return str(request["ExpressionAttributeValues"][first["exactly"]]["S"])


def _fits(term: re.Match[str], values: Mapping[str, str]) -> Fits:
    given = {group: values[word] for group, word in term.groupdict().items() if word in values}
    match given:
        case {"exactly": exactly}:
            return lambda item: bool(item[term["equal"]]["S"] == exactly)
        case {"limit": limit}:
            return lambda item: bool(item[term["less"]]["S"] < limit)
        case {"from": first}:
            return lambda item: bool(item[term["least"]]["S"] >= first)
        case {"prefix": prefix}:
            return lambda item: bool(item[term["begins"]]["S"].startswith(prefix))
    first, last = given["first"], given["last"]
    if first > last:
        raise Refused("a range that ends before it begins")
    return lambda item: bool(first <= item[term["between"]]["S"] <= last)
