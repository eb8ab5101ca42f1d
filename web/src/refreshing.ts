/** After a report was read on the spot: what else stands on the page is shown as it is now, not as it was before. */

export function startRefreshing(): void {
  document.addEventListener("htmx:after:swap", () => {
    const read = document.querySelector("#taken > *");
    if (read && !known.has(read)) {
      known.add(read);
      void refresh();
    }
  });
}

const known = new WeakSet<Element>();

async function refresh(): Promise<void> {
  const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" } }).catch(() => null);
  // Without an answer the page stays as it was: what was read stands on it all the same.
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  renew(document, fresh);
  bringAlong(fresh);
  // Tables and maps that came along are looked after as after any swap.
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
}

/** Puts each part of the fresh page that bears `data-fresh` in the place of the one with its id. */
export function renew(page: Document, fresh: Document): void {
  for (const old of page.querySelectorAll("[data-fresh][id]")) {
    const now = fresh.getElementById(old.id);
    if (now && !old.contains(page.activeElement)) old.replaceWith(page.importNode(now, true));
  }
}

/** Styles and scripts that the page as it is now asks for; a desk that was empty had no map. */
function bringAlong(fresh: Document): void {
  for (const wanted of fresh.head.querySelectorAll<HTMLElement>("link[rel=stylesheet][href], script[src]")) {
    const name = wanted instanceof HTMLScriptElement ? "src" : "href";
    const address = wanted.getAttribute(name) ?? "";
    if (document.head.querySelector(`[${name}="${CSS.escape(address)}"]`)) continue;
    // A script that was parsed elsewhere never runs: it is made anew.
    const made = document.createElement(wanted.tagName);
    for (const one of wanted.attributes) made.setAttribute(one.name, one.value);
    document.head.append(made);
  }
}
