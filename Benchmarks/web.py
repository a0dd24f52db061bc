"""How fast the web UI is there and how smooth it stays, in headless Chromium on loopback.

    .build/browser/bin/python Benchmarks/web.py        after web/build.sh; MARTLET_TEST_BINARY names the binary

Prints, as the median of runs with a fresh profile: first contentful paint and the time until the page shows what it is about;
bytes of the bundle as they go over the wire; and the times between frames while a leaderboard of 2,000 trials is scrolled.
"""
import json
import pathlib
import re
import statistics
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "web/tests/e2e"))

from playwright.sync_api import sync_playwright  # noqa: E402

from conftest import ARGUMENTS, settled  # noqa: E402
from server import Server  # noqa: E402

RUNS = 5
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
SIZES = """performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
    .map(one => [one.name, one.transferSize, one.decodedBodySize])"""
FRAMES = """async label => {
    const host = document.querySelector(`[role=group][aria-label="${label}"]`);
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let step = 0; step < 240; step += 1) {
        host.scrollTop += 173;
        if (host.scrollTop + host.clientHeight >= host.scrollHeight - 1) host.scrollTop = 0;
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times;
}"""


def wait_for_paint(page):
    while page.evaluate(PAINT) is None:
        page.wait_for_timeout(10)
    return page.evaluate(PAINT)


def opening(browser, server, path, ready):
    """First paint and readiness in milliseconds, and what was fetched, with a fresh profile each time."""
    paints, readies, sizes = [], [], []
    for _ in range(RUNS):
        context = browser.new_context(base_url=server.base)
        page = context.new_page()
        page.goto(path, wait_until="commit")
        page.get_by_role(ready[0], name=ready[1]).first.wait_for()
        readies.append(page.evaluate("performance.now()"))
        paints.append(wait_for_paint(page))
        sizes = [one for one in page.evaluate(SIZES) if not urllib.parse.urlparse(one[0]).path.startswith("/api")]
        context.close()
    return statistics.median(paints), statistics.median(readies), sizes


def many(board, count):
    """The leaderboard with as many trials as asked for, made of those that are there."""
    entries = [one for one in board["entries"] if one["rank"] is not None and one["learner"] != "ensemble"]
    made = []
    for index in range(count):
        entry = dict(entries[index % len(entries)])
        entry.update(rank=index + 1, trial=index, model=f"{entry['learner']}_{index}", score=0.9 - index * 1e-4)
        made.append(entry)
    return {**board, "entries": made}


def frames(browser, server, experiment):
    board = json.dumps(many(server.call("GET", f"/experiments/{experiment}/leaderboard"), 2000))
    context = browser.new_context(base_url=server.base, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.route("**/leaderboard", lambda route: route.fulfill(content_type="application/json", body=board))
    page.goto(f"/experiments/{experiment}")
    settled(page)
    page.get_by_text("2,000 models").wait_for()
    times = sorted(page.evaluate(FRAMES, "Leaderboard"))
    rows = page.get_by_role("table", name="Leaderboard").get_by_role("row").count()
    context.close()
    return times, rows


def main():
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=ARGUMENTS)
        ids = server.train("titanic", "Survived", trials=12, folds=3)
        for name, path, ready in [
            ("home", "/", ("link", "Best model|Titanic|titanic")),
            ("experiment", f"/experiments/{ids['experiment']}", ("table", "Leaderboard")),
            ("model", f"/models/{ids['model']}", ("heading", "Threshold")),
        ]:
            paint, interactive, sizes = opening(browser, server, path, (ready[0], re.compile(ready[1])))
            wire = sum(one[1] for one in sizes)
            plain = sum(one[2] for one in sizes)
            print(f"{name}: first contentful paint {paint:.0f} ms, there to be used {interactive:.0f} ms, "
                  f"{wire / 1000:.0f} kB over the wire, {plain / 1000:.0f} kB unpacked, {len(sizes)} files")
            if name == "model":
                for url, packed, unpacked in sorted(sizes, key=lambda one: -one[1])[:6]:
                    print(f"    {urllib.parse.urlparse(url).path}: {packed / 1000:.0f} kB, {unpacked / 1000:.0f} kB unpacked")
        times, rows = frames(browser, server, ids["experiment"])
        slow = sum(1 for one in times if one > 34)
        print(f"2,000 trials: median {statistics.median(times):.1f} ms a frame, 95 % {times[int(len(times) * 0.95)]:.1f} ms, "
              f"longest {times[-1]:.1f} ms, {slow} of {len(times)} over two frames; {rows} rows in the page")
        browser.close()


if __name__ == "__main__":
    main()
