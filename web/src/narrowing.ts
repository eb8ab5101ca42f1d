/** Links that narrow what is shown: only the results change, and the address with them. Without this they load the page. */

import htmx from "htmx.org";
import { fillForm } from "./filters.ts";
import { keepFocus, nameOf, RESULTS } from "./focus.ts";

export function startNarrowing(): void {
  document.addEventListener("click", (press) => {
    const link = press.target instanceof Element ? press.target.closest<Element>("a[data-narrow]") : null;
    const address = link?.getAttribute("href");
    if (!link || !address || press.defaultPrevented || isForBrowser(press) || !document.querySelector(RESULTS)) return;
    press.preventDefault();
    const name = nameOf(link);
    void narrowTo(address).then(() => keepFocus(name));
  });
}

/** A new tab, a window or a download is the browser's business. */
function isForBrowser(press: MouseEvent): boolean {
  return press.button !== 0 || press.ctrlKey || press.metaKey || press.shiftKey || press.altKey;
}

async function narrowTo(address: string): Promise<void> {
  await htmx.ajax("GET", address, { target: RESULTS, select: RESULTS, swap: "outerHTML", push: "true" } as never);
  const query = new URL(address, document.baseURI).searchParams;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-autosubmit]")) fillForm(form, query);
}
