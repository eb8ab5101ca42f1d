/** Boxes that scroll sideways: where one does scroll, the keyboard reaches it. Not every browser does so by itself. */

const BOXES = ".table-wrap, pre";

/** Watches the boxes there are, and those that come with what is swapped in. */
export function startScrollers(): void {
  const sizes = new ResizeObserver((changes) => {
    for (const { target } of changes) if (target instanceof HTMLElement) fitBox(target);
  });
  const watchAll = (): void => {
    for (const box of document.querySelectorAll<HTMLElement>(BOXES)) sizes.observe(box);
  };
  watchAll();
  document.addEventListener("htmx:after:swap", watchAll);
}

/** Makes a box that scrolls a stop of the Tab key under the name of its table; takes it back where all of it fits. */
export function fitBox(box: HTMLElement): void {
  if (box.hasAttribute("tabindex") && !("scrolls" in box.dataset)) return; // the page has seen to it
  if (box.scrollWidth <= box.clientWidth) {
    if ("scrolls" in box.dataset) for (const name of ["tabindex", "role", "aria-label", "data-scrolls"]) box.removeAttribute(name);
    return;
  }
  box.dataset["scrolls"] = "";
  box.tabIndex = 0;
  const name = nameOf(box);
  if (!name) return;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", name);
}

function nameOf(box: HTMLElement): string {
  const heading = box.closest("section, article, details")?.querySelector("h2, h3, summary");
  return (box.querySelector("caption") ?? heading)?.textContent?.replace(/\s+/g, " ").trim() ?? "";
}
