"""`make bench`: what cold starts, warm functions, long histories and lines cost, in one table."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from local.cloud.emulator import CREDENTIALS, REGION, ROOT
from local.cloud.processes import Failed
from tools.bench.assignments.groups import assignment_groups, shift_group
from tools.bench.cold_group import cold_group
from tools.bench.growth_groups import growth_groups
from tools.bench.list_groups import list_groups
from tools.bench.table import Group, lines
from tools.bench.warm_groups import warm_groups

FILE = ROOT / "build" / "bench.json"
PARTS: Mapping[str, Callable[[int], Iterable[Group]]] = {
    "cold": lambda runs: [cold_group(runs)],
    "warm": warm_groups,
    "growth": growth_groups,
    "assignments": assignment_groups,
    "lists": list_groups,
    "shift": lambda _runs: [shift_group()],
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="samples of each figure")
    parser.add_argument("--only", choices=PARTS, action="append", help="parts to measure")
    options = parser.parse_args(arguments)
    # Functions ask for these as they are first called; nobody is reached with them.
    os.environ.update(CREDENTIALS, AWS_DEFAULT_REGION=REGION, AWS_REGION=REGION)
    groups: list[Group] = []
    try:
        for name, measure in PARTS.items():
            if name not in (options.only or PARTS):
                continue
            started = time.monotonic()
            groups += measure(options.runs)
            print(f"{time.monotonic() - started:6.1f} s  {name}", file=sys.stderr, flush=True)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    print("\n".join(lines(groups)))
    document = {
        "runs": options.runs,
        "python": platform.python_version(),
        "groups": {group.title: group.document() for group in groups},
    }
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(document, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
