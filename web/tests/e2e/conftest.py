"""What every browser test stands on: a real server, Chromium, and a page that tells of everything that goes wrong in it."""

import os
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from server import Server

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server that anyone may use, for tests that leave it as usable as they found it."""
    with Server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def trained(server):
    """The ids of a dataset, an experiment on it that has ended, and its best model."""
    return server.train("titanic", "Survived", trials=8, folds=3)


@pytest.fixture
def fresh(tmp_path):
    """A server of the test's own, which it may stop."""
    with Server(tmp_path / "own") as server:
        yield server


class Watch:
    """What went wrong in a page: errors in its console, uncaught ones, and requests that left the host."""

    def __init__(self, page, base):
        self.faults = []
        self.allowed = []
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        page.on("request", lambda request: self.check(request.url, base))

    def check(self, url, base):
        if not url.startswith((base + "/", "data:", "blob:")):
            self.faults.append(f"left the host: {url}")

    def allow(self, *patterns):
        """Faults that the test itself provokes."""
        self.allowed += patterns

    def rest(self):
        return [fault for fault in self.faults if not any(re.search(pattern, fault) for pattern in self.allowed)]


@pytest.fixture
def open_page(chromium):
    """Opens pages of a server, each in a context of its own, and checks at the end that nothing went wrong in them."""
    opened = []

    def open_page(server, path="/", **options):
        context = chromium.new_context(base_url=server.base, accept_downloads=True, **options)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.watch = Watch(page, server.base)
        opened.append(page)
        page.goto(path)
        return page

    yield open_page
    faults = [fault for page in opened for fault in page.watch.rest()]
    for page in opened:
        page.context.close()
    assert faults == []


@pytest.fixture
def page(open_page, server):
    return open_page(server)


def until(page, expression):
    """Waits until an expression is true in the page. Playwright's own way evaluates text there, which the policy forbids."""
    deadline = time.monotonic() + 30
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"this never came true: {expression}"
        page.wait_for_timeout(50)


def settled(page):
    """Waits until a page shows what it is about."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("status", name=re.compile("^Loading"))).to_have_count(0, timeout=120_000)
    still(page)


def still(page):
    """Waits until nothing moves: colours on their way from one state to another have no contrast of their own."""
    until(page, "document.getAnimations().every(one => one.playState !== 'running' || "
          "one.effect.getComputedTiming().iterations === Infinity)")


def violations(page):
    """What axe finds wrong, with where."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], rule["impact"], [node["target"] for node in rule["nodes"]][:5]) for rule in found]
