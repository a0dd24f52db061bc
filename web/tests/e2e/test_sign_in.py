"""A server that asks for a token."""

import re

import pytest
from playwright.sync_api import expect

from conftest import still, violations
from server import Server

TOKEN = "correct-horse"


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("closed"), token=TOKEN) as server:
        yield server


def test_a_token_is_asked_for_tried_and_kept_for_the_tab(open_page, closed):
    requests = []
    page = open_page(closed, "/datasets")
    page.watch.allow("status of 401")
    page.on("request", lambda request: requests.append(request.url))
    dialog = page.get_by_role("dialog", name="Sign in to Martlet")
    expect(dialog).to_be_visible()
    still(page)
    assert violations(page) == []
    dialog.get_by_label("Token", exact=True).fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_text("not the server's token")).to_be_visible()
    expect(dialog.get_by_label("Token", exact=True)).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Token", exact=True).fill(TOKEN)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("^Use the example")).first).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name=re.compile("^Use the example")).first).to_be_visible()
    assert not any(TOKEN in url for url in requests)
    assert page.evaluate("JSON.stringify(localStorage) + document.cookie").find(TOKEN) < 0

    # Another tab knows nothing of it, and signing out forgets it.
    other = page.context.new_page()
    other.goto(closed.base + "/datasets")
    expect(other.get_by_role("dialog", name="Sign in to Martlet")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("JSON.stringify(sessionStorage)").find(TOKEN) < 0


def test_events_and_downloads_carry_the_token(open_page, closed):
    ids = closed.train("iris", "species", trials=2, folds=2, learners=["decision_tree"])
    page = open_page(closed, f"/datasets/{ids['dataset']}")
    page.watch.allow("status of 401")
    page.get_by_label("Token", exact=True).fill(TOKEN)
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.path().read_text().startswith("sepal_length")
    page.goto(f"/experiments/{ids['experiment']}?view=log")
    expect(page.get_by_role("table", name=re.compile("^Log of events")).get_by_role("row").nth(3)).to_be_visible()
