/** Keyboard: rows, search, go-to keys, single-key shortcuts and the list of them. */

import { interpretKey, nextRow, readKeyMap, shownKey, translateKey, type KeyAction, type KeyMap } from "./keys.ts";
import { say } from "./words.ts";

const GO_PATIENCE_MS = 1500;

/** Listens on the document, so that rows and links swapped in later work too. */
export function startKeyboard(): void {
  let goPressedAt = Number.NEGATIVE_INFINITY;
  document.addEventListener("keydown", (press) => {
    if (press.defaultPrevented || press.isComposing) return;
    const target = press.target instanceof Element ? press.target : document.body;
    const keys = pageKeys();
    const afterGo = press.timeStamp - goPressedAt < GO_PATIENCE_MS;
    // The letter after "go to" names a page: no choice of keys changes what it is called.
    const key = afterGo && !keys.isOff ? press.key : translateKey(press.key, keys);
    const action: KeyAction = key === null ? { kind: "none" } : interpretKey({
      key,
      withModifier: press.ctrlKey || press.metaKey || press.altKey,
      inField: isField(target),
      inDialog: document.querySelector("dialog[open]") !== null,
      onControl: target.closest("a[href], button, summary, input") !== null,
      inRows: target.closest("[data-row]") !== null,
      afterGo,
    });
    goPressedAt = action.kind === "await-go" ? press.timeStamp : Number.NEGATIVE_INFINITY;
    if (carryOut(action, target)) press.preventDefault();
  });
  document.addEventListener("click", (press) => {
    if (press.target instanceof Element && press.target.closest("[data-shortcuts]")) showShortcuts();
  });
  for (const button of document.querySelectorAll<HTMLElement>("[data-shortcuts]")) {
    button.hidden = false;
    button.setAttribute("aria-label", say("shortcuts"));
    if (!pageKeys().isOff) button.setAttribute("aria-keyshortcuts", shownKey("?", pageKeys()));
  }
}

/** The keys as the person who looks has changed them. */
export function pageKeys(): KeyMap {
  return readKeyMap(document.body.dataset["keys"], "keysOff" in document.body.dataset);
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
      return pressInRow(action.key) || pressFirst(`[data-shortcut="${CSS.escape(action.key)}"]`, tickForDeed);
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

/** The row that holds the focus, the one that is marked, or the one that the address names: a deed led back to it. */
export function currentRow(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]");
  const marked = focused ?? document.querySelector<HTMLElement>("[data-row].is-current");
  return marked ?? document.querySelector<HTMLElement>("[data-row]:target");
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

/** A key that means the row one is on, where that has a control for it. */
export function pressInRow(key: string): boolean {
  const control = currentRow()?.querySelector<HTMLElement>(`[data-row-shortcut="${CSS.escape(key)}"]`);
  control?.click();
  return Boolean(control);
}

function pressFirst(selector: string, prepare?: (target: HTMLElement) => void): boolean {
  const target = document.querySelector<HTMLElement>(selector);
  if (target) prepare?.(target);
  target?.click();
  return Boolean(target);
}

/** A deed on rows is meant for the marked row where none is ticked. */
export function tickForDeed(button: HTMLElement): void {
  const form = button.closest("form");
  if (!form || !("onRow" in button.dataset) || form.querySelector("input[type=checkbox]:checked")) return;
  const row = currentRow();
  const box = row && form.contains(row) ? row.querySelector<HTMLInputElement>("input[type=checkbox]") : null;
  if (box) box.checked = true;
}

/** Opens the list of keys: the fixed ones, then those that the page's own links and buttons carry. */
function showShortcuts(): void {
  const dialog = document.createElement("dialog");
  dialog.className = "shortcuts";
  dialog.setAttribute("aria-labelledby", "shortcuts-title");
  const title = document.createElement("h2");
  title.id = "shortcuts-title";
  title.textContent = say("shortcuts");
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
  close.textContent = say("close");
  form.append(close);
  const change = document.createElement("a");
  change.href = "/keys";
  change.textContent = say("change-keys");
  form.append(" ", change);
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
  const keys = pageKeys();
  if (keys.isOff) return [[["Enter"], say("open-row")], [["Esc"], say("leave-field")]];
  const key = (comes: string): string => shownKey(comes, keys);
  if (document.querySelector("[data-row]")) {
    rows.push([[key("j"), key("k")], say("move-row")], [["Enter", key("o")], say("open-row")]);
  }
  if (document.querySelector("[data-row] input[type=checkbox]")) rows.push([[key("x")], say("tick-row")]);
  if (document.querySelector("[data-search]")) rows.push([[key("/")], say("search")], [["Esc"], say("leave-field")]);
  rows.push([["Ctrl K"], say("palette-key")]);
  rows.push([[key("?")], say("this-list")]);
  for (const link of document.querySelectorAll<HTMLElement>("[data-key]")) {
    rows.push([[key("g"), link.dataset["key"] ?? ""], say("go-to", { page: labelOf(link) })]);
  }
  const inRow = document.querySelector<HTMLElement>("[data-row-shortcut]");
  if (inRow) rows.push([[key(inRow.dataset["rowShortcut"] ?? "")], say("in-row", { deed: labelOf(inRow) })]);
  for (const control of document.querySelectorAll<HTMLElement>("[data-shortcut]")) {
    rows.push([[key(control.dataset["shortcut"] ?? "")], labelOf(control)]);
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
