"""Files that are dropped, broken, slow or unwanted."""

import re

from playwright.sync_api import expect

from conftest import until, violations
from test_journey import customers, upload


def test_a_bad_file_is_explained_and_can_be_tried_again(open_page, server, tmp_path):
    page = open_page(server, "/datasets")
    page.watch.allow("status of 422")
    upload(page, tmp_path, "broken.csv", "a,b\n1,2\n1,2,3\n")
    alert = page.get_by_role("alert").filter(has_text="broken.csv could not become a dataset")
    expect(alert).to_be_visible()
    expect(alert).to_contain_text(re.compile("line|row", re.I))
    assert violations(page) == []
    upload(page, tmp_path, "mended.csv", "a,b\n" + "1,2\n" * 20)
    expect(page).to_have_url(re.compile(r"/datasets/[^/]+$"))


def test_a_file_can_be_dropped(open_page, server):
    page = open_page(server, "/datasets")
    transfer = page.evaluate_handle(
        "text => { const data = new DataTransfer(); data.items.add(new File([text], 'dropped.csv')); return data }",
        customers(50))
    page.get_by_text("Drop a table here").dispatch_event("drop", {"dataTransfer": transfer})
    expect(page).to_have_url(re.compile(r"/datasets/[^/]+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("dropped")


def test_an_upload_shows_how_far_it_is_and_can_be_cancelled(open_page, server, tmp_path):
    page = open_page(server, "/datasets")
    page.watch.allow("ERR_ABORTED")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000})
    before = len(server.call("GET", "/datasets")["items"])
    upload(page, tmp_path, "large.csv", "a,b\n" + "123456,abcdef\n" * 300_000)
    bar = page.get_by_role("progressbar", name="Upload of large.csv")
    expect(bar).to_be_visible()
    until(
        page, "Number(document.querySelector('[role=progressbar][aria-label^=Upload]')?.ariaValueNow ?? 0) > 5")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The upload of large.csv was cancelled.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert len(server.call("GET", "/datasets")["items"]) == before


def test_a_dataset_is_seen_through(open_page, server, trained):
    page = open_page(server, f"/datasets/{trained['dataset']}")
    expect(page.get_by_text("Survived").first).to_be_visible()
    page.get_by_role("tab", name="Rows").click()
    rows = page.get_by_role("table", name=re.compile("Rows", re.I))
    expect(rows).to_have_attribute("aria-rowcount", "892")
    # Of the 891 rows only those in view are in the page.
    assert rows.get_by_role("row").count() < 100
    region = page.get_by_role("group", name=re.compile("Rows", re.I))
    region.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(rows.locator("[aria-rowindex='892']")).to_contain_text(re.compile(r"Dooley"))
