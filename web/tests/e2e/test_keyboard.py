"""The way from an example to a model without a mouse."""

import re

from playwright.sync_api import expect


def tab_to(page, name, role=None, most=120):
    """Presses Tab until the focus is on something of that name; fails where the keyboard does not reach it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate("""() => {
            const one = document.activeElement;
            const labels = one.labels ? [...one.labels].map(label => label.textContent) : [];
            return [one.getAttribute("aria-label"), ...labels, one.textContent].filter(Boolean);
        }""")
        if any(re.search(name, text) for text in found):
            focus = page.evaluate("""() => {
                const style = getComputedStyle(document.activeElement);
                const box = document.activeElement.getBoundingClientRect();
                return box.width > 0 && box.height > 0 && style.visibility !== "hidden";
            }""")
            assert focus, f"{name} is focused and not to be seen"
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


def test_from_an_example_to_training(open_page, server):
    page = open_page(server, "/datasets")
    expect(page.get_by_role("button", name=re.compile("^Use the example")).first).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to the content"
    page.keyboard.press("Enter")
    tab_to(page, "Use the example .*[Ii]ris")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/datasets/[^/]+$"))
    # The page says where one is, and going on begins at its title.
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tab_to(page, "Train$")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/train$"))
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()
    tab_to(page, "^Time$")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Trials")).to_be_checked()
    tab_to(page, "Number of trials")
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    tab_to(page, "Start training")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/experiments/[^/]+$"))
    expect(page.get_by_role("link", name="Best model")).to_be_visible(timeout=120_000)
    tab_to(page, "Best model")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/models/[^/]+$"))


def test_a_dialog_keeps_the_focus_and_gives_it_back(open_page, server, trained):
    page = open_page(server, f"/experiments/{trained['experiment']}")
    delete = page.get_by_role("button", name="Delete")
    delete.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(delete).to_be_focused()
