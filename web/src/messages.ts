/** What the desk says after a deed is said once: neither Back nor a reload brings it again. Without this it stays in the address. */

/** The parameters by which an address asks for such a message. */
const TOLD = /^(?:notice|told)=/;

export function startMessages(): void {
  if (document.querySelector("[data-once]")) {
    history.replaceState(history.state, "", forget(location.pathname, location.search, location.hash));
  }
  // A page that the browser kept whole would show it again.
  addEventListener("pageshow", (shown) => {
    if (shown.persisted) document.querySelectorAll("[data-once]").forEach((said) => said.remove());
  });
}

/** The address without what asks for a message, every other letter of it as it was. */
export function forget(path: string, search: string, hash: string): string {
  const left = search.slice(1).split("&").filter((part) => part && !TOLD.test(part));
  return path + (left.length ? `?${left.join("&")}` : "") + hash;
}
