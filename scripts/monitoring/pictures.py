"""Draws the dashboards in docs/images from a real run on a cluster, with a worker killed on the way.

Needs what test.py needs, and the Python of scripts/browser-tools.sh after web/build.sh (ECharts and fonts). Layout, queries
and numbers are those that Grafana gets; the drawing is dashboard.html's own. With a file's name as argument it keeps the
numbers there, or draws those that are there already.
"""

import io
import json
import math
import pathlib
import sys
import tempfile
import time

from PIL import Image
from playwright.sync_api import sync_playwright

import expressions
from cluster import Cluster
from prometheus import ROOT, wait

HERE = pathlib.Path(__file__).resolve().parent
IMAGES = ROOT / "docs/images"
LIMIT = 200_000
LEARNERS = ["gradient_boosting", "linear", "gaussian_naive_bayes", "decision_tree"]
sys.path.insert(0, str(ROOT / "web/tests/e2e"))

from conftest import ARGUMENTS  # noqa: E402


def run(cluster):
    """Two workers, 62 trials and those of ten seconds, one worker killed and brought back; somebody looks on and predicts."""
    cluster.start("master", "master", "--spool-dir", str(cluster.folder / "spool"))
    worker = cluster.start("worker-1", "worker")
    port = cluster.start("worker-2", "worker")
    wait("all are watched", lambda: len(cluster.prometheus.query('up{job="martlet"} == 1')) == 3)
    begin = time.time()
    dataset = cluster.upload()
    first = cluster.experiment(dataset, trials=12, seed=1, folds=2, learners=LEARNERS)
    record, second, killed = None, None, None
    while not (second and cluster.ended(second)):
        for path in ("/experiments", "/cluster", f"/experiments/{first}/leaderboard", f"/datasets/{dataset}/rows"):
            cluster.call("GET", path)
        record = record or cluster.ended(first)
        if record and not second:
            cluster.upload("again")
            second = cluster.experiment(dataset, trials=50, seed=2, folds=2, learners=LEARNERS)
        if record:
            cluster.predict(record["best_model_id"], 200)
        if second and killed is None and cluster.trials(second) >= 15:
            cluster.kill("worker-2")
            killed = time.monotonic()
        if killed and "worker-2" not in cluster.nodes and time.monotonic() > killed + 20:
            cluster.start("worker-2", "worker", port=port)
        time.sleep(0.5)
    timed = cluster.experiment(dataset, time_budget_seconds=8, seed=3, folds=2, learners=LEARNERS)
    while not cluster.ended(timed):
        cluster.predict(record["best_model_id"], 200)
        time.sleep(0.5)
    end = time.time() + 4
    wait("the end is seen", lambda: time.time() > end)
    return begin, time.time()


def collected(prometheus, begin, end):
    """The dashboards with their numbers."""
    pages, step = {}, max(1, round((end - begin) / 240))
    for dashboard in expressions.generate.described():
        top, rows = 0, []
        for row in dashboard.rows:
            panels = [drawn(prometheus, panel, place, begin, end, step)
                      for panel, place in expressions.generate.grafana.laid_out(row, top + 1)]
            rows.append({"title": row.title, "top": top, "panels": panels})
            top = max(panel["place"]["y"] + panel["place"]["h"] for panel in panels)
        pages[dashboard.name] = {
            "title": f"Martlet: {dashboard.title}", "help": dashboard.help, "start": begin, "end": end, "rows": rows}
    return pages


def drawn(prometheus, panel, place, begin, end, step):
    rows, series = {}, []
    span = f"{round(end - begin)}s"
    for index, query in enumerate(panel.queries):
        expression = expressions.filled(query.expr, "20s", span)
        if panel.kind == "table":
            for labels, value in prometheus.query(expression):
                key = tuple(sorted((name, text) for name, text in labels.items() if name != "__name__"))
                rows.setdefault(key, dict(key))["Value #" + "ABC"[index]] = finite(value)
            continue
        found = prometheus.range(expression, begin, end, 5 if panel.kind == "heatmap" else step)
        for labels, points in sorted(found, key=lambda item: sorted(item[0].items())):
            series.append({"name": legend(query.legend, labels), "points": whole(points, begin, end, step)
                           if panel.kind != "heatmap" else [(at, finite(value)) for at, value in points]})
    return {
        "kind": panel.kind, "title": panel.title, "unit": panel.unit, "place": place, "stack": panel.stack,
        "least": panel.least, "most": panel.most, "steps": panel.steps, "names": panel.names, "columns": panel.columns,
        "quiet": next((query.quiet for query in panel.queries if query.quiet), "no data"),
        "series": [item for item in series if any(value is not None for _, value in item["points"])],
        "rows": [[row.get(name) for name, _, _ in panel.columns] for _, row in sorted(rows.items())],
    }


def finite(value):
    return value if math.isfinite(value) else None


def whole(points, begin, end, step):
    """Points with gaps where there was no value."""
    known = {round((at - begin) / step): finite(value) for at, value in points}
    return [(begin + index * step, known.get(index)) for index in range(int((end - begin) / step) + 1)]


def legend(text, labels):
    for name, value in labels.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text or ", ".join(value for name, value in labels.items() if name != "__name__")


def draw(pages):
    vendor = next((ROOT / ".build/web/dist/vendor").iterdir())

    def answer(route):
        path = route.request.url.split("/", 3)[3]
        if path == "data.json":
            return route.fulfill(json=pages[name])
        file = vendor / path.removeprefix("vendor/") if path.startswith("vendor/") else HERE / "dashboard.html"
        return route.fulfill(path=file)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=ARGUMENTS)
        for name in pages:
            page = browser.new_page(viewport={"width": 1500, "height": 900})
            page.on("pageerror", lambda error: sys.exit(f"{name}: {error}"))
            page.route("**/*", answer)
            page.goto("http://127.0.0.1/")
            page.locator("body[data-ready]").wait_for()
            path = IMAGES / f"dashboard-{name}.png"
            image = Image.open(io.BytesIO(page.locator("body").screenshot())).convert("RGB")
            image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
            size = path.stat().st_size
            assert size < LIMIT, f"{path.name} has {size} bytes"
            print(f"{path.relative_to(ROOT)}: {size // 1000} kB")
            page.close()
        browser.close()


def main():
    kept = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if kept and kept.exists():
        return draw(json.loads(kept.read_text()))
    with tempfile.TemporaryDirectory() as folder, Cluster(folder) as cluster:
        pages = collected(cluster.prometheus, *run(cluster))
    if kept:
        kept.write_text(json.dumps(pages))
    draw(pages)


if __name__ == "__main__":
    main()
