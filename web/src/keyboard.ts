/** Keyboard: rows, search, go-to keys, single-key shortcuts and the list of them. */

import { interpretKey, nextRow, type KeyAction } from "./keys.ts";

const GO_PATIENCE_MS = 1500;

/** Listens on the document, so that rows and links swapped in later work too. */
export function startKeyboard(): void {
  let goPressedAt = Number.NEGATIVE_INFINITY;
  document.addEventListener("keydown", (press) => {
    if (press.defaultPrevented || press.isComposing) return;
    const target = press.target instanceof Element ? press.target : document.body;
    const action = interpretKey({
      key: press.key,
      withModifier: press.ctrlKey || press.metaKey || press.altKey,
      inField: isField(target),
      inDialog: document.querySelector("dialog[open]") !== null,
      onControl: target.closest("a[href], button, summary, input") !== null,
      inRows: target.closest("[data-row]") !== null,
      afterGo: press.timeStamp - goPressedAt < GO_PATIENCE_MS,
    });
    goPressedAt = action.kind === "await-go" ? press.timeStamp : Number.NEGATIVE_INFINITY;
    if (carryOut(action, target)) press.preventDefault();
  });
  document.addEventListener("click", (press) => {
    if (press.target instanceof Element && press.target.closest("[data-shortcuts]")) showShortcuts();
  });
  for (const button of document.querySelectorAll<HTMLElement>("[data-shortcuts]")) {
    button.hidden = false;
    button.setAttribute("aria-label", "Keyboard shortcuts");
    button.setAttribute("aria-keyshortcuts", "?");
  }
}

/** Does what a key asked for; false where there was nothing to do it on, so that the browser may use the key. */
function carryOut(action: KeyAction, target: Element): boolean {
  switch (action.kind) {
    case "none":
      return false;
    case "await-go":
      return document.querySelector("[data-key]") !== null;
    case "go":
      return pressFirst(`[data-key="${action.key}"]`);
    case "press":
      return pressFirst(`[data-shortcut="${CSS.escape(action.key)}"]`);
    case "move":
      return moveRow(action.by);
    case "open":
      return openRow();
    case "tick":
      return tickRow();
    case "search":
      return focusSearch();
    case "help":
      showShortcuts();
      return true;
    case "leave":
      if (target instanceof HTMLElement) target.blur();
      return true;
  }
}

function isField(target: Element): boolean {
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit", "file"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function visibleRows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => row.offsetParent !== null);
}

/** The row that is marked, or the one that holds the focus. */
function currentRow(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]");
  return focused ?? document.querySelector<HTMLElement>("[data-row].is-current");
}

function moveRow(by: 1 | -1): boolean {
  const rows = visibleRows();
  const current = currentRow();
  const to = nextRow(current ? rows.indexOf(current) : -1, by, rows.length);
  const row = to === null ? undefined : rows[to];
  if (!row) return rows.length > 0;
  for (const other of rows) other.classList.toggle("is-current", other === row);
  const link = rowLink(row);
  // The focus goes onto the row's own link, so that a screen reader reads it and Enter opens it without our help.
  if (link) link.focus({ preventScroll: true });
  else {
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function rowLink(row: HTMLElement): HTMLAnchorElement | null {
  return row.querySelector<HTMLAnchorElement>("a.row-link[href]") ?? row.querySelector<HTMLAnchorElement>("a[href]");
}

function openRow(): boolean {
  const row = currentRow();
  const link = row && rowLink(row);
  link?.click();
  return Boolean(link);
}

function tickRow(): boolean {
  const box = currentRow()?.querySelector<HTMLInputElement>("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function pressFirst(selector: string): boolean {
  const target = document.querySelector<HTMLElement>(selector);
  target?.click();
  return Boolean(target);
}

/** Opens the list of keys: the fixed ones, then those that the page's own links and buttons carry. */
function showShortcuts(): void {
  const dialog = document.createElement("dialog");
  dialog.className = "shortcuts";
  dialog.setAttribute("aria-labelledby", "shortcuts-title");
  const title = document.createElement("h2");
  title.id = "shortcuts-title";
  title.textContent = "Keyboard shortcuts";
  const list = document.createElement("dl");
  list.className = "fields";
  for (const [keys, meaning] of listShortcuts()) {
    const term = document.createElement("dt");
    for (const key of keys) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap, " ");
    }
    const text = document.createElement("dd");
    text.textContent = meaning;
    list.append(term, text);
  }
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.className = "button";
  close.textContent = "Close";
  form.append(close);
  dialog.append(title, list, form);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (press) => {
    if (press.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function listShortcuts(): [string[], string][] {
  const rows: [string[], string][] = [];
  if (document.querySelector("[data-row]")) {
    rows.push([["j", "k"], "Next, previous row (arrows too)"], [["Enter"], "Open the row"]);
  }
  if (document.querySelector("[data-row] input[type=checkbox]")) rows.push([["x"], "Tick the row"]);
  if (document.querySelector("[data-search]")) rows.push([["/"], "Search"], [["Esc"], "Leave a field"]);
  rows.push([["?"], "This list"]);
  for (const link of document.querySelectorAll<HTMLElement>("[data-key]")) {
    rows.push([["g", link.dataset["key"] ?? ""], `Go to ${labelOf(link)}`]);
  }
  for (const control of document.querySelectorAll<HTMLElement>("[data-shortcut]")) {
    rows.push([[control.dataset["shortcut"] ?? ""], labelOf(control)]);
  }
  return rows;
}

/** What a control is called, without counts or keys shown inside it. */
function labelOf(control: HTMLElement): string {
  const label = control.getAttribute("aria-label");
  if (label) return label;
  const copy = control.cloneNode(true) as HTMLElement;
  for (const extra of copy.querySelectorAll(".count, kbd, .sr-only, svg")) extra.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}
