"""Hands on the keyboard: every stop of the Tab key is one that a person sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: What has the focus: whether a person can see that, and whether something lies over it.
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const drawn = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  // Parts of a drawing have no outline: theirs is a stroke in the colour of the focus.
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--focus)";
  const focus = getComputedStyle(probe).color;
  probe.remove();
  const parts = [...one.querySelectorAll("svg *")].map(part => getComputedStyle(part).stroke);
  const isShown = parts.includes(focus) || drawn(getComputedStyle(one)) || drawn(getComputedStyle(one, "::after")) ||
    (one.matches("#palette input") && getComputedStyle(one).boxShadow !== "none");
  const box = [...one.getClientRects()].find(rect => rect.width > 1 && rect.height > 1) ?? one.getBoundingClientRect();
  // The middle of what of it is in sight: a box that scrolls may be higher than the window.
  const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
  const at = [middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight)];
  const over = document.elementFromPoint(...at);
  const isFree = over !== null && (one.contains(over) || over.contains(one) || over.closest("label")?.control === one);
  const name = one.getAttribute("aria-label") ?? one.textContent.trim().slice(0, 40);
  const above = over?.outerHTML.slice(0, 80);
  return {isShown, isFree, what: `${one.tagName} ${one.name ?? ""} "${name}" at ${at}, under ${above}`};
}"""


def stand(page: Page) -> None:
    """Whoever works by keyboard sees where he is, on every stop."""
    stop = page.evaluate(STOP)
    if stop is not None:
        assert stop["isShown"], f"no sign of the focus on {stop['what']}"
        assert stop["isFree"], f"hidden: {stop['what']}"


def wait_told(page: Page, key: str) -> None:
    """Wait until the desk has said what the key stands for; the address forgets it as soon as it is said."""
    page.locator(f'[data-once="{key}"]').wait_for()
    page.wait_for_load_state()


def tab_to(page: Page, selector: str, most: int = 300) -> None:
    """Press Tab until something that the selector names has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        stand(page)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the Tab key does not come to {selector}")


def press_on(page: Page, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)


def type_into(page: Page, selector: str, words: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def walk_through(page: Page, most: int = 600) -> int:
    """Press Tab from the top of a page until it leaves the page again; how many stops there were, each seen."""
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    for number in range(most):
        page.keyboard.press("Tab")
        if number and page.evaluate("document.activeElement === document.body"):
            return number
        stand(page)
    raise AssertionError(f"{page.url}: after {most} presses the Tab key has not left the page")
