"""Every page in both themes and on a phone: its title, its heading, what axe says, and whether it fits."""

import pytest
from playwright.sync_api import expect

from conftest import settled, until, violations

PAGES = {
    "home": "/", "datasets": "/datasets", "dataset": "/datasets/{dataset}", "rows": "/datasets/{dataset}?view=rows",
    "train": "/datasets/{dataset}/train", "experiments": "/experiments", "new": "/experiments/new",
    "experiment": "/experiments/{experiment}", "compare": "/experiments/{experiment}?view=compare",
    "log": "/experiments/{experiment}?view=log", "model": "/models/{model}",
    "explanation": "/models/{model}?view=explanation", "details": "/models/{model}?view=details",
    "use": "/models/{model}?view=use", "predict": "/models/{model}/predict", "file": "/models/{model}/predict?view=file",
    "cluster": "/cluster", "sign-in": "/sign-in", "nowhere": "/nowhere",
}


def brightness(page):
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in colour[colour.index("(") + 1:-1].split(",")[:3]) / 3


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barriers(open_page, server, trained, name):
    page = open_page(server, PAGES[name].format(**trained), color_scheme="light")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.title().endswith("Martlet")
    assert brightness(page) > 128
    found = {"light": violations(page)}
    page.get_by_role("button", name="Use the dark theme").click()
    expect(page.get_by_role("tooltip")).to_be_visible()
    settled(page)
    assert brightness(page) < 128
    found["dark"] = violations(page)
    page.mouse.move(600, 5)
    expect(page.get_by_role("tooltip")).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 740})
    until(page, "innerWidth === 360")
    settled(page)
    found["phone"] = violations(page)
    assert found == {"light": [], "dark": [], "phone": []}
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, f"{width} pixels wide"


def test_a_phone_has_a_menu(open_page, server):
    page = open_page(server, "/", viewport={"width": 360, "height": 740}, has_touch=True)
    page.get_by_role("button", name="Open the menu").click()
    menu = page.get_by_role("navigation", name="Menu")
    expect(menu.get_by_role("link", name="Cluster")).to_be_visible()
    assert violations(page) == []
    menu.get_by_role("link", name="Cluster").click()
    expect(menu).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cluster")


def test_the_theme_is_kept(open_page, server):
    page = open_page(server, "/cluster", color_scheme="light")
    page.get_by_role("button", name="Use the dark theme").click()
    expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()


def test_addresses_and_the_back_button_lead_everywhere(open_page, server, trained):
    page = open_page(server, "/")
    main = page.get_by_role("navigation", name="Main")
    for name, path in [("Datasets", "/datasets"), ("Experiments", "/experiments"), ("Cluster", "/cluster")]:
        main.get_by_role("link", name=name).click()
        expect(page).to_have_url(server.base + path)
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Experiments")
    page.go_back()
    page.go_back()
    expect(page).to_have_url(server.base + "/")
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Datasets")


def test_what_is_not_there_is_said(open_page, server):
    for path in ["/datasets/none", "/experiments/none", "/models/none-00001", "/models/none-00001/predict"]:
        page = open_page(server, path)
        page.watch.allow("status of 404")
        expect(page.get_by_role("alert").first).to_be_visible()
        assert violations(page) == []
