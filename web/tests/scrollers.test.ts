// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { fitBox } from "../src/scrollers.ts";

afterEach(() => document.body.replaceChildren());

function makeBox(scrolls: number, inner: string): HTMLElement {
  document.body.innerHTML = `<section><h2>Alerts  of
    the day</h2><div class="table-wrap">${inner}</div></section>`;
  const box = document.querySelector<HTMLElement>(".table-wrap");
  if (!box) throw new Error("no box");
  Object.defineProperties(box, { scrollWidth: { value: scrolls, configurable: true }, clientWidth: { value: 300 } });
  return box;
}

it("a box that scrolls is a stop of the Tab key, named by its table or the heading above", () => {
  const box = makeBox(301, "<table><caption>Parameters</caption></table>");
  fitBox(box);
  expect([box.tabIndex, box.getAttribute("role"), box.getAttribute("aria-label")]).toEqual([0, "group", "Parameters"]);
  const other = makeBox(301, "<table></table>");
  fitBox(other);
  expect(other.getAttribute("aria-label")).toBe("Alerts of the day");
});

it("once all of it fits it is no stop any more", () => {
  const box = makeBox(301, "<table></table>");
  fitBox(box);
  Object.defineProperty(box, "scrollWidth", { value: 300 });
  fitBox(box);
  expect(box.getAttributeNames()).toEqual(["class"]);
});

it("what the page itself says of a box stays", () => {
  const box = makeBox(301, "<table></table>");
  box.tabIndex = 0;
  box.setAttribute("aria-label", "Table of pairs");
  fitBox(box);
  expect(box.getAttribute("aria-label")).toBe("Table of pairs");
});
