"""Takes the pictures of the web UI in docs/images from a real run: scripts/screenshots.py (MARTLET_TEST_BINARY names the binary).

Run it with the Python of scripts/browser-tools.sh after web/build.sh.
"""
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "web/tests/e2e"))

from playwright.sync_api import sync_playwright  # noqa: E402

from conftest import ARGUMENTS, settled  # noqa: E402
from server import Server  # noqa: E402

IMAGES = ROOT / "docs/images"
LIMIT = 150_000
SIZE = {"width": 1200, "height": 760}


def picture(page, name):
    """A picture as small as it may be: PNG where that is small enough at the page's own size."""
    page.mouse.move(0, 0)
    path = IMAGES / f"web-{name}.png"
    page.screenshot(path=path, animations="disabled")
    size = path.stat().st_size
    assert size < LIMIT, f"{path.name} has {size} bytes"
    print(f"{path.relative_to(ROOT)}: {size // 1000} kB")


def main():
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=ARGUMENTS)
        first = browser.new_page(base_url=server.base, viewport=SIZE, color_scheme="light")
        first.goto("/")
        settled(first)
        first.wait_for_timeout(500)
        picture(first, "welcome")

        ids = server.train("titanic", "Survived", time_budget_seconds=20)
        flights = server.example("flights")
        server.train("insurance", "charges", trials=10)
        live = server.experiment(server.example("telco_churn"), "Churn", time_budget_seconds=60)
        server.call("GET", f"/models/{ids['model']}/explanation")
        pages = {
            "home": "/", "datasets": "/datasets", "dataset": f"/datasets/{ids['dataset']}",
            "rows": f"/datasets/{flights}?view=rows", "train": f"/datasets/{ids['dataset']}/train",
            "experiments": "/experiments", "compare": f"/experiments/{ids['experiment']}?view=compare",
            "model": f"/models/{ids['model']}", "explanation": f"/models/{ids['model']}?view=explanation",
            "use": f"/models/{ids['model']}?view=use", "cluster": "/cluster",
            "live": f"/experiments/{live}",
        }
        for name, path in pages.items():
            page = browser.new_page(
                base_url=server.base, viewport=SIZE, color_scheme="dark" if name in ("live", "cluster") else "light")
            page.goto(path)
            settled(page)
            if name == "live":
                page.get_by_role("table", name="Leaderboard").get_by_role("row").nth(4).wait_for(timeout=60_000)
            page.wait_for_timeout(1_000)
            picture(page, name)
            page.close()
        page = browser.new_page(base_url=server.base, viewport=SIZE, color_scheme="light")
        page.goto(f"/models/{ids['model']}/predict")
        settled(page)
        page.get_by_role("button", name="Predict", exact=True).click()
        page.get_by_role("heading", name="Why").wait_for()
        page.wait_for_timeout(1_000)
        picture(page, "predict")
        phone = browser.new_page(base_url=server.base, viewport={"width": 360, "height": 740}, color_scheme="light")
        phone.goto(f"/experiments/{ids['experiment']}")
        settled(phone)
        phone.wait_for_timeout(1_000)
        picture(phone, "phone")
        server.call("POST", f"/experiments/{live}/cancel")
        browser.close()


if __name__ == "__main__":
    main()
