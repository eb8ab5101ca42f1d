/** The inbox with scripts: ticking all rows at once, and marking an incident read once it has been looked at. */

/** So long an incident must be in sight before it counts as seen. */
const LOOK_MS = 1500;

/** Listens on the document, so that lists swapped in later work too. */
export function startInbox(): void {
  document.addEventListener("change", (change) => {
    const field = change.target;
    if (!(field instanceof HTMLInputElement) || field.type !== "checkbox" || !field.form) return;
    if ("tickAll" in field.dataset) tickAll(field.form, field.checked);
    else if (field.name === "incident") showWhetherAll(field.form);
  });
  const form = document.querySelector<HTMLFormElement>("form[data-mark-seen]");
  if (form) markWhenSeen(form);
}

/** The boxes of the rows, without the one that ticks them all. */
function rowBoxes(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[type=checkbox][name=incident]")];
}

export function tickAll(form: HTMLFormElement, isTicked: boolean): void {
  for (const box of rowBoxes(form)) box.checked = isTicked;
}

/** One row unticked: "all" no longer holds, and must not be sent. */
export function showWhetherAll(form: HTMLFormElement): void {
  const all = form.querySelector<HTMLInputElement>("input[data-tick-all]");
  const boxes = rowBoxes(form);
  if (all) all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
}

/** Marks what is in sight as seen; a tab in the background has not been looked at. */
function markWhenSeen(form: HTMLFormElement): void {
  const look = (): void => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", look);
    setTimeout(() => {
      if (document.visibilityState === "visible") void markSeen(form);
      else document.addEventListener("visibilitychange", look);
    }, LOOK_MS);
  };
  document.addEventListener("visibilitychange", look);
  look();
}

/** Sends the form in the background; where that fails, its button is still there. */
export async function markSeen(form: HTMLFormElement, send: typeof fetch = fetch): Promise<void> {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  fields.set("action", "read");
  // Not `form.action`: that is its button of this name.
  const address = form.getAttribute("action") ?? "";
  try {
    // Asked as htmx asks: where the session has ended the answer is 401, not a redirect like that of a success.
    const answer = await send(address, { method: "POST", body: fields, redirect: "manual", headers: { "hx-request": "true" } });
    // The answer leads back to the page that stands here already: a redirect that is not followed is a success.
    if (answer.type !== "opaqueredirect" && !answer.ok) return;
  } catch {
    return;
  }
  const said = document.createElement("span");
  said.className = "muted small";
  said.setAttribute("role", "status");
  said.textContent = form.dataset["said"] ?? "";
  const button = form.querySelector("button");
  const hadFocus = button !== null && button === document.activeElement;
  button?.replaceWith(said);
  if (!hadFocus) return;
  said.tabIndex = -1;
  said.focus({ preventScroll: true });
}
