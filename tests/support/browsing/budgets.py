"""What a page costs: bytes, script, heap, shifts of the layout, from a key to the paint."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import CDPSession, Page, Response

SLOW_DOWN = 4
MEGABYTE = 1_000_000
CODE = {"script", "stylesheet"}

# As much as a quick machine does in some thirty milliseconds, without any page; it returns them.
_REFERENCE = """() => new Promise((done) => setTimeout(() => {
    const begun = performance.now();
    const rows = Array.from({length: 60_000}, (_, at) => ({at, name: `row ${at % 977}`}));
    const text = JSON.stringify(rows.sort((a, b) => a.name < b.name ? -1 : 1));
    JSON.parse(text);
    done(performance.now() - begun);
}))"""

WATCH_SHIFTS_AND_KEYS = """(() => {
    const measured = { shift: 0, moved: [], keys: [] };
    const where = ({ node, previousRect, currentRect }) => `${node?.nodeName}.${node?.className}`
        + ` ${previousRect.x},${previousRect.y} to ${currentRect.x},${currentRect.y}`;
    Object.defineProperty(window, "measuredByTests", { value: measured });
    const keep = (entries) => {
        for (const entry of entries) {
            if (entry.name.startsWith("key")) measured.keys.push(entry.duration);
        }
    };
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.hadRecentInput) continue;
            measured.shift += entry.value;
            measured.moved.push(...entry.sources.map(where));
        }
    }).observe({ type: "layout-shift", buffered: true });
    const keys = new PerformanceObserver((list) => keep(list.getEntries()));
    keys.observe({ type: "event", durationThreshold: 16, buffered: true });
    measured.takeKeys = () => {
        keep(keys.takeRecords());
        return measured.keys.splice(0);
    };
})()"""
"""For `add_init_script`."""

# The browser counts an event once what it led to has been painted.
_PAINTED = "performance.eventCounts.get('keyup')"


@dataclass
class Weight:
    """Bytes of code, packed as a server would send it, by address."""

    packed: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.packed.values())

    def __str__(self) -> str:
        largest = sorted(self.packed.items(), key=lambda each: -each[1])
        lines = (f"{size:7} {address.rpartition('/')[2]}" for address, size in largest)
        return "\n".join([f"{self.total:7} bytes in {len(self.packed)} files", *lines])


@contextmanager
def weighed(page: Page) -> Iterator[Weight]:
    """Weigh scripts and styles that come until the block ends."""
    weight, answers = Weight(), list[Response]()

    def take(answer: Response) -> None:
        if answer.request.resource_type in CODE and answer.ok:
            answers.append(answer)

    page.on("response", take)
    yield weight
    page.remove_listener("response", take)
    for answer in answers:
        # Asked for once more: what came from the cache has no body to ask for.
        body = page.context.request.get(answer.url).body()
        weight.packed[answer.url] = len(gzip.compress(body, 9))


class Gauge:
    """What DevTools measure of a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        # What the page has of a processor: of what else the machine does it knows nothing.
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def __getitem__(self, name: str) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == name))

    @contextmanager
    def slow(self, rate: int = SLOW_DOWN) -> Iterator[None]:
        """Let the page have a part of the processor only."""
        self._session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        try:
            yield
        finally:
            self._session.send("Emulation.setCPUThrottlingRate", {"rate": 1})

    def script_seconds(self) -> float:
        return self["ScriptDuration"]

    def reference_seconds(self) -> float:
        """Return what a fixed piece of work takes here and now: machines differ, and hours do."""
        before = self.script_seconds()
        self._page.evaluate(_REFERENCE)
        return self.script_seconds() - before

    def reference_ms(self) -> float:
        """Return how long the same work lasts, with what else the machine does meanwhile."""
        return float(self._page.evaluate(_REFERENCE))

    def heap_bytes(self) -> float:
        """Return what is held on to, when everything else has been swept up."""
        self._session.send("HeapProfiler.enable")
        for _ in range(2):
            self._session.send("HeapProfiler.collectGarbage")
        self._session.send("HeapProfiler.disable")
        return float(self._session.send("Runtime.getHeapUsage")["usedSize"])


def layout_shift(page: Page) -> float:
    return float(page.evaluate("measuredByTests.shift"))


def key_to_paint_ms(page: Page, key: str) -> float:
    """Press a key, and return how long it took to be seen; what took less than a frame is 0."""
    page.evaluate("measuredByTests.takeKeys()")
    painted = page.evaluate(_PAINTED)
    page.keyboard.press(key)
    page.wait_for_function(f"(painted) => {_PAINTED} > painted", arg=painted)
    return float(page.evaluate("Math.max(0, ...measuredByTests.takeKeys())"))
