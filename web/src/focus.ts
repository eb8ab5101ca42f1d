/** Where the focus goes once what it was on is gone. */

/** The part of a page that a filter changes. */
export const RESULTS = "#results";

/** The link that was followed is gone with what was swapped: the one that is called the same takes its place. */
export function keepFocus(name: string): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  const results = document.querySelector<HTMLElement>(RESULTS);
  const same = [...(results?.querySelectorAll<SVGElement | HTMLElement>("a[data-narrow]") ?? [])].find((link) => nameOf(link) === name);
  if (results && !same) results.tabIndex = -1;
  (same ?? results)?.focus({ preventScroll: true });
}

/** What a link is called. */
export function nameOf(link: Element): string {
  return link.getAttribute("aria-label") ?? link.textContent?.trim() ?? "";
}
