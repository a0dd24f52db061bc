"""Experiments while they run: reloads, lost connections, a server that dies, cancellation."""

import re

import pytest
from playwright.sync_api import expect

from conftest import settled, violations

FEW = {"learners": ["decision_tree", "linear"], "folds": 2}
LOST = ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_INCOMPLETE_CHUNKED_ENCODING",
        "ERR_EMPTY_RESPONSE", "ERR_NETWORK_CHANGED", "status of 503"]


@pytest.fixture
def running(server):
    """An experiment that runs until the test lets it go."""
    dataset = server.example("telco_churn")
    experiment = server.experiment(dataset, "Churn", time_budget_seconds=600)
    server.wait(experiment, "running")
    yield experiment
    server.call("POST", f"/experiments/{experiment}/cancel")
    server.wait(experiment, "completed", "cancelled")


def rows(page):
    return page.get_by_role("table", name="Leaderboard").get_by_role("row")


def test_the_leaderboard_fills_and_survives_a_reload(open_page, server, running):
    page = open_page(server, f"/experiments/{running}")
    expect(page.get_by_role("progressbar", name="Progress of the experiment")).to_be_visible()
    expect(rows(page).nth(2)).to_be_visible(timeout=120_000)
    page.reload()
    expect(rows(page).nth(2)).to_be_visible()
    expect(page.get_by_text("Training", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", name="Running trials")).to_be_visible()


def test_a_lost_connection_is_said_and_taken_up_again(open_page, server, running):
    page = open_page(server, f"/experiments/{running}")
    page.watch.allow(*LOST)
    expect(rows(page).nth(1)).to_be_visible(timeout=120_000)
    finished = server.call("GET", f"/experiments/{running}")["trials_completed"]
    page.context.set_offline(True)
    while server.call("GET", f"/experiments/{running}")["trials_completed"] <= finished:
        page.wait_for_timeout(100)
    page.context.set_offline(False)
    # What happened in between is in the log, nothing twice.
    page.get_by_role("tab", name="Log").click()
    log = page.get_by_role("table", name=re.compile("^Log of events"))
    expect(log.get_by_role("row").nth(finished + 1)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("connection to the server was lost")).to_have_count(0)


def test_a_server_that_dies_and_comes_back_goes_on(open_page, fresh):
    dataset = fresh.example("titanic")
    experiment = fresh.experiment(dataset, "Survived", trials=12, seed=2, **FEW)
    page = open_page(fresh, f"/experiments/{experiment}")
    page.watch.allow(*LOST)
    expect(rows(page).nth(1)).to_be_visible(timeout=60_000)
    fresh.kill()
    fresh.start()
    expect(page.get_by_role("link", name="Best model")).to_be_visible(timeout=120_000)
    page.get_by_role("tab", name="Log").click()
    sequences = page.evaluate("""async id => {
        const text = await (await fetch(`/api/v1/experiments/${id}/events`)).text();
        return [...text.matchAll(/^id: (\\d+)/gm)].map(match => Number(match[1]));
    }""", experiment)
    assert sequences == list(range(1, len(sequences) + 1))


def test_a_trial_that_the_server_dies_of_is_given_up_and_told(open_page, fresh):
    dataset = fresh.example("telco_churn")
    experiment = fresh.experiment(dataset, "Churn", trials=1, seed=1, folds=20, learners=["random_forest"])
    state = "queued"
    while state in ("queued", "running"):
        if fresh.call("GET", "/cluster")["busy_slots"] > 0:
            fresh.kill()
            fresh.start()
        state = fresh.call("GET", f"/experiments/{experiment}")["state"]
    assert state == "failed"
    page = open_page(fresh, "/cluster")
    table = page.get_by_role("table", name="Trials given up")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("not heard of again")
    settled(page)
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    table.get_by_role("link", name=experiment).click()
    expect(page).to_have_url(f"{fresh.base}/experiments/{experiment}")


def test_cancelling_keeps_what_was_found(open_page, server, running):
    page = open_page(server, f"/experiments/{running}")
    expect(rows(page).nth(1)).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Cancel", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Let it run").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    expect(page.get_by_text("Cancelled", exact=True).first).to_be_visible(timeout=60_000)
    expect(rows(page).nth(1)).to_be_visible()


def test_a_failed_experiment_says_why(open_page, server):
    dataset = server.upload("tiny", "a,b,y\n" + "".join(f"{n},{n % 3},{n % 2}\n" for n in range(40)))
    experiment = server.experiment(dataset, "y", trials=1, learners=["linear"])
    server.wait(experiment, "completed", "failed")
    page = open_page(server, f"/experiments/{experiment}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_deleted_experiment_is_gone(open_page, server):
    ids = server.train("iris", "species", trials=2, **FEW)
    page = open_page(server, f"/experiments/{ids['experiment']}")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    expect(page).to_have_url(server.base + "/experiments")
    assert ids["experiment"] not in [one["id"] for one in server.call("GET", "/experiments")["items"]]
