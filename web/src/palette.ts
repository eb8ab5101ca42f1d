/** The command palette: pages, actions on this page, saved filters and whatever holds the words typed. Loaded when asked for. */

import { pageKeys, tickForDeed } from "./keyboard.ts";
import { shownKey } from "./keys.ts";
import { fold, narrow, readFilters, readHits, step, type Entry } from "./palette/entries.ts";
import { say, sayCount, type WordKey } from "./words.ts";

const PATIENCE_MS = 150;
const LEAST_LETTERS = 2;
const ID = "palette";
const KINDS = ["places", "incidents", "claims", "articles"] as const;
/** Typed ahead of these the palette has them too, though no menu leads there. */
const FURTHER: readonly (readonly [WordKey, string])[] = [
  ["claims", "/claims"],
  ["search", "/search"],
  ["take-in", "/take"],
  ["forecasts", "/forecasts"],
  ["about", "/about"],
  ["api", "/api/docs"],
];

/** Opens the palette, with what was `typed` before it was there, or puts the focus into the one that is open. */
export function openPalette(typed = ""): void {
  const open = document.getElementById(ID);
  if (open instanceof HTMLDialogElement && open.open) {
    open.querySelector("input")?.focus();
    return;
  }
  new Palette().show(typed);
}

class Palette {
  private readonly dialog = document.createElement("dialog");
  private readonly field = document.createElement("input");
  private readonly list = document.createElement("div");
  private readonly status = document.createElement("p");
  private readonly fixed: Entry[] = [...listActions(), ...listPages()];
  private hits: Entry[] = [];
  private shown: Entry[] = [];
  private at = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | null = null;

  show(typed: string): void {
    const { dialog, field, list, status } = this;
    dialog.id = ID;
    dialog.className = "palette";
    dialog.setAttribute("aria-label", say("palette"));
    Object.assign(field, { type: "text", placeholder: say("palette-field"), maxLength: 200, autocomplete: "off", spellcheck: false });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-label": say("palette-label"), "aria-autocomplete": "list", "aria-expanded": "true", "aria-controls": `${ID}-list` })) {
      field.setAttribute(name, value);
    }
    list.id = `${ID}-list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", say("palette-list"));
    status.className = "palette-status";
    status.setAttribute("role", "status");
    dialog.append(field, list, status);
    dialog.addEventListener("keydown", (press) => this.handleKey(press));
    dialog.addEventListener("close", () => this.end());
    dialog.addEventListener("click", (press) => {
      if (press.target === dialog) dialog.close();
    });
    field.addEventListener("input", () => this.typed());
    list.addEventListener("click", (press) => this.chooseAt(press));
    document.body.append(dialog);
    this.draw();
    dialog.showModal();
    field.focus();
    if (typed) {
      field.value = typed;
      field.dispatchEvent(new Event("input"));
    }
    void this.addFilters();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.dialog.remove();
  }

  private handleKey(press: KeyboardEvent): void {
    if (press.isComposing) return;
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const by = moves[press.key];
    if (by !== undefined) this.mark(step(this.at, by, this.shown.length));
    else if (press.key === "Enter") this.choose(this.at);
    else return;
    press.preventDefault();
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.hits = [];
    this.draw();
    const words = this.field.value.trim();
    if (words.length >= LEAST_LETTERS && fold(words).match(/[\p{L}\p{N}]/u)) {
      this.say(say("searching"));
      this.timer = setTimeout(() => void this.ask(words), PATIENCE_MS);
    }
  }

  private async ask(words: string): Promise<void> {
    const asking = (this.asking = new AbortController());
    try {
      const answer = await fetchJson(`/api/search?query=${encodeURIComponent(words)}&spoken=${encodeURIComponent(document.documentElement.lang)}`, asking.signal);
      this.hits = readHits(answer, nameKinds(), sayAll);
      this.draw();
    } catch (fault) {
      if (!asking.signal.aborted) this.say(say("no-answer", { why: fault instanceof Error ? fault.message : String(fault) }));
    }
  }

  /** An older desk, or one without saved filters, has no such address: then there are none. */
  private async addFilters(): Promise<void> {
    try {
      this.fixed.push(...readFilters(await fetchJson("/api/filters"), say("saved-filters")));
      if (this.dialog.open) this.draw();
    } catch {
      return;
    }
  }

  private draw(): void {
    const typed = this.field.value;
    const searching = typed.trim() ? [{ group: say("search"), label: say("search-all", { words: typed.trim() }), note: "", url: `/search?query=${encodeURIComponent(typed.trim())}` }] : [];
    this.shown = sortByGroup([...narrow(this.fixed, typed), ...this.hits, ...searching]);
    const groups: HTMLElement[] = [];
    let last = "";
    this.shown.forEach((entry, index) => {
      if (entry.group !== last) groups.push(makeGroup((last = entry.group), groups.length));
      groups.at(-1)?.append(makeOption(entry, index));
    });
    this.list.replaceChildren(...groups);
    this.mark(this.shown.length > 0 ? 0 : -1);
    this.say(sayCount("entry", this.shown.length));
  }

  private mark(at: number): void {
    this.at = at;
    this.list.querySelectorAll<HTMLElement>("[role=option]").forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) this.field.removeAttribute("aria-activedescendant");
    else this.field.setAttribute("aria-activedescendant", `${ID}-${at}`);
  }

  private chooseAt(press: MouseEvent): void {
    const option = press.target instanceof Element ? press.target.closest<HTMLElement>("[role=option]") : null;
    if (option) this.choose(Number(option.dataset["index"]));
  }

  private choose(at: number): void {
    const entry = this.shown[at];
    if (!entry) return;
    this.dialog.close();
    if (entry.url) location.assign(entry.url);
    else entry.press?.();
  }

  private say(words: string): void {
    this.status.textContent = words;
  }
}

function nameKinds(): Record<string, string> {
  return Object.fromEntries(KINDS.map((kind) => [kind, say(kind)]));
}

function sayAll(kind: string, count: number): string {
  const known = KINDS.find((one) => one === kind);
  return known ? say(`all-${known}`, { count }) : "";
}

/** Entries of one group stand together, in the order in which groups first come. */
function sortByGroup(entries: readonly Entry[]): Entry[] {
  const order = [...new Set(entries.map((entry) => entry.group))];
  return [...entries].sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

function makeGroup(name: string, number: number): HTMLElement {
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  const title = document.createElement("div");
  title.id = `${ID}-group-${number}`;
  title.className = "palette-group";
  title.setAttribute("role", "presentation");
  title.textContent = name;
  group.setAttribute("aria-labelledby", title.id);
  group.append(title);
  return group;
}

/** Only text nodes: titles and names are other people's words. */
function makeOption(entry: Entry, index: number): HTMLElement {
  const option = document.createElement("div");
  option.id = `${ID}-${index}`;
  option.className = "palette-option";
  option.dataset["index"] = String(index);
  option.setAttribute("role", "option");
  const label = document.createElement("bdi");
  label.textContent = entry.label;
  const note = document.createElement("span");
  note.className = "muted small";
  note.textContent = entry.note;
  option.append(label, " ", note);
  return option;
}

async function fetchJson(address: string, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(address, { headers: { accept: "application/json" }, ...(signal ? { signal } : {}) });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

function listPages(): Entry[] {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("[data-key][href]")];
  const pages = links.map((link) => [nameOf(link), link.getAttribute("href") ?? "/"] as const);
  const known = new Set(pages.map(([, url]) => url));
  const further = FURTHER.filter(([, url]) => !known.has(url)).map(([key, url]) => [say(key), url] as const);
  return [...pages, ...further].map(([label, url]) => ({ group: say("pages"), label, note: "", url }));
}

function listActions(): Entry[] {
  const keys = pageKeys();
  return [...document.querySelectorAll<HTMLElement>("[data-shortcut]")].map((control) => ({
    group: say("on-page"),
    label: nameOf(control),
    note: keys.isOff ? "" : shownKey(control.dataset["shortcut"] ?? "", keys),
    url: null,
    press: () => {
      tickForDeed(control);
      control.click();
    },
  }));
}

function nameOf(control: HTMLElement): string {
  const copy = control.cloneNode(true) as HTMLElement;
  for (const extra of copy.querySelectorAll(".count, kbd, .sr-only, svg")) extra.remove();
  return control.getAttribute("aria-label") ?? (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}
