"""The whole way: upload, experiment, live leaderboard, model, prediction, download."""

import csv
import io
import re

from playwright.sync_api import expect

from conftest import settled


def customers(rows=300):
    """A table of customers who leave or stay, with an id, a gap here and there, and something to learn."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["customer_id", "months", "plan", "charge", "left"])
    for row in range(rows):
        months, plan = (row * 7) % 48, ("monthly", "yearly", "two years")[row % 3]
        leaves = months < 12 and plan == "monthly" or row % 17 == 0
        writer.writerow([f"C{row:05}", months, plan, "" if row % 23 == 0 else 20 + row % 60, "yes" if leaves else "no"])
    return text.getvalue()


def upload(page, tmp_path, name="customers.csv", text=None):
    file = tmp_path / name
    file.write_text(customers() if text is None else text)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("^Choose")).click()
    chooser.value.set_files(file)


def start_trials(page, count):
    """Starts an experiment of that many trials from the page of a new one."""
    page.get_by_role("radio", name="Trials").check()
    page.get_by_label("Number of trials").fill(str(count))
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_enabled()
    start.click()
    expect(page).to_have_url(re.compile(r"/experiments/[^/]+$"))


def test_from_a_file_to_predictions(page, tmp_path):
    upload(page, tmp_path)
    expect(page).to_have_url(re.compile(r"/datasets/[^/]+$"))
    expect(page).to_have_title("customers – Martlet")
    expect(page.get_by_text("300 rows")).to_be_visible()
    page.get_by_role("tab", name="Rows").click()
    expect(page.get_by_role("cell", name="C00000")).to_be_visible()

    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_label("Target", exact=False).first).to_have_value("left")
    start_trials(page, 6)

    board = page.get_by_role("table", name="Leaderboard")
    expect(board.get_by_role("row").nth(1)).to_be_visible()
    expect(page.get_by_role("link", name="Best model")).to_be_visible(timeout=120_000)
    expect(board.get_by_role("row").nth(1)).to_be_visible()

    page.get_by_role("link", name="Best model").click()
    expect(page).to_have_url(re.compile(r"/models/[^/]+$"))
    settled(page)
    expect(page.get_by_role("heading", name="Threshold")).to_be_visible()
    page.get_by_role("tab", name="Use it").click()
    for name, start in [("Model", b"MARTLET\n"), ("ONNX", b""), ("Report", b"<!doctype html>")]:
        with page.expect_download(timeout=120_000) as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert download.value.path().read_bytes().startswith(start)
    expect(page.get_by_label("Code for curl")).to_contain_text("/predict")

    page.get_by_role("link", name="Predict", exact=True).click()
    expect(page).to_have_url(re.compile(r"/models/[^/]+/predict$"))
    settled(page)
    page.get_by_label("months").fill("3")
    page.get_by_role("button", name="Predict", exact=True).click()
    expect(page.get_by_role("progressbar", name="Probability of yes")).to_be_visible()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()

    page.get_by_role("tab", name="A file").click()
    upload(page, tmp_path, "new.csv", customers(25))
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Download")).click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("prediction,probability_") and len(lines) == 26


def test_a_row_that_cannot_be_is_explained_and_kept(open_page, server, trained):
    page = open_page(server, f"/models/{trained['model']}/predict")
    page.watch.allow("status of 422")
    settled(page)
    page.get_by_label("Age").fill("very old")
    page.get_by_role("button", name="Predict", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Age")).to_have_value("very old")


def test_two_clicks_from_a_dataset_to_training(open_page, server):
    dataset = server.example("iris")
    page = open_page(server, f"/datasets/{dataset}")
    page.get_by_role("link", name="Train", exact=True).click()
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_enabled()
    start.click()
    expect(page).to_have_url(re.compile(r"/experiments/[^/]+$"))
    server.call("POST", f"/experiments/{page.url.split('/')[-1]}/cancel")
    expect(page.get_by_role("button", name="Delete")).to_be_visible()


def test_an_example_is_one_click_away(page):
    page.get_by_role("button", name=re.compile("^Use the example .*Titanic", re.I)).click()
    expect(page).to_have_url(re.compile(r"/datasets/[^/]+$"))
    expect(page.get_by_text("891 rows")).to_be_visible()
