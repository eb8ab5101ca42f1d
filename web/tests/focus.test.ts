// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";
import { keepFocus } from "../src/focus.ts";

beforeEach(() => {
  document.body.innerHTML = `<input id="other"><div id="results"><a href="?last=7d" data-narrow>7 days</a>
    <a href="?last=24h" data-narrow aria-label="24 hours">24 h</a></div>`;
});

it("after a swap the focus is on the link that is called the same", () => {
  keepFocus("24 hours");
  expect(document.activeElement?.getAttribute("href")).toBe("?last=24h");
});

it("where none is, it is where the results begin", () => {
  keepFocus("3 March: 4 incidents");
  expect(document.activeElement?.id).toBe("results");
});

it("a focus that somebody has set since then stays", () => {
  document.getElementById("other")?.focus();
  keepFocus("7 days");
  expect(document.activeElement?.id).toBe("other");
});
