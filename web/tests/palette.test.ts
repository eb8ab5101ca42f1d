// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fold, narrow, ownAddress, readFilters, readHits, step, type Entry } from "../src/palette/entries.ts";
import { openPalette } from "../src/palette.ts";

const entry = (label: string, group = "Pages"): Entry => ({ group, label, note: "", url: "/x" });
const labels = (entries: readonly Entry[]): string[] => entries.map((one) => one.label);

describe("entries", () => {
  it("are found by all words, without case and accents, beginnings first", () => {
    const entries = [entry("Show the map"), entry("Map"), entry("Reports"), entry("Zvečan", "Places")];
    expect(labels(narrow(entries, "MAP"))).toEqual(["Map", "Show the map"]);
    expect(labels(narrow(entries, "zvecan places"))).toEqual(["Zvečan"]);
    expect(labels(narrow(entries, "  "))).toEqual(labels(entries));
    expect(narrow(entries, "map of nowhere")).toEqual([]);
    expect(fold("Đorđe ČĆ")).toBe("đorđe cc");
  });

  it("lead nowhere outside the desk", () => {
    const hit = (url: unknown): object => ({ kind: "articles", total: 1, url: "/articles", hits: [{ title: "T", note: "", url }] });
    for (const url of ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", 3]) {
      expect(ownAddress(url)).toBeNull();
      expect(readHits({ groups: [hit(url)] }, { articles: "Articles" }, () => "all")).toEqual([{ group: "Articles", label: "all", note: "", url: "/articles" }]);
    }
  });

  it("tell of an exercise, and of more than are shown", () => {
    const group = { kind: "incidents", total: 9, url: "/incidents?query=x", hits: [{ title: "Attack", note: "2026", url: "/incidents/a", is_exercise: true }] };
    const [hit, all] = readHits({ groups: [group, { kind: "unheard of", hits: [] }, null] }, { incidents: "Incidents" }, (kind, total) => `${kind} ${total}`);
    expect(hit?.note).toBe("EXERCISE · 2026");
    expect(all).toEqual({ group: "Incidents", label: "incidents 9", note: "", url: "/incidents?query=x" });
    expect(() => readHits({ detail: "no" }, {}, () => "")).toThrow(/groups/);
  });

  it("take saved filters only where there are any", () => {
    expect(readFilters({ filters: [{ name: "Mine", query: "type=ASSAULT" }, { name: "", query: "x" }, 3] }, "Saved")).toEqual([
      { group: "Saved", label: "Mine", note: "", url: "/incidents?type=ASSAULT" },
    ]);
    expect(readFilters({ what: "address" }, "Saved")).toEqual([]);
  });

  it("are walked round the ends", () => {
    expect([step(-1, 1, 3), step(2, 1, 3), step(0, -1, 3), step(0, 1, 0)]).toEqual([0, 0, 2, -1]);
  });
});

describe("the palette", () => {
  const asked: string[] = [];
  let pressed = 0;

  beforeEach(() => {
    vi.useFakeTimers();
    asked.length = pressed = 0;
    document.documentElement.lang = "sq";
    document.body.innerHTML = '<a href="/map" data-key="m">Map <span class="count">3</span></a><a href="/incidents" data-key="i">Incidents</a><button data-shortcut="t">Take <b>in</b></button>';
    document.querySelector("button")?.addEventListener("click", () => (pressed += 1));
    vi.stubGlobal("fetch", async (address: string) => {
      asked.push(address);
      if (address.startsWith("/api/filters")) return new Response("", { status: 404 });
      const group = { kind: "places", total: 1, url: "/search", hits: [{ title: "<b>Orle</b>", note: "district", url: "/places/x" }] };
      return Response.json({ query: "orle", groups: [group] });
    });
  });

  afterEach(() => {
    document.querySelector<HTMLDialogElement>("dialog")?.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const field = (): HTMLInputElement => document.querySelector("dialog input") as HTMLInputElement;
  const options = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[role=option]")];
  const active = (): string | null | undefined => document.getElementById(field().getAttribute("aria-activedescendant") ?? "")?.textContent;
  const press = (key: string): boolean => field().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const type = async (words: string): Promise<void> => {
    field().value = words;
    field().dispatchEvent(new Event("input"));
    await vi.advanceTimersByTimeAsync(400);
  };

  it("offers what the page carries, by its name alone", () => {
    openPalette();
    expect(options().map((one) => one.querySelector("bdi")?.textContent).slice(0, 3)).toEqual(["Take in", "Map", "Incidents"]);
    expect(field().getAttribute("role")).toBe("combobox");
    expect(document.getElementById(field().getAttribute("aria-controls") ?? "")?.getAttribute("role")).toBe("listbox");
    expect(active()).toContain("Take in");
  });

  it("tells the keys as the person has them, and means the marked row as a key does", () => {
    const row = '<form><p data-row class="is-current"><input type="checkbox" name="incident" value="a"><a class="row-link" href="#a">a</a></p><button type="button" data-shortcut="e" data-on-row>Mark read</button></form>';
    document.body.innerHTML = row;
    document.body.dataset["keys"] = '{"e": "y"}';
    openPalette();
    const option = [...document.querySelectorAll<HTMLElement>("[role=option]")].find((one) => one.textContent?.startsWith("Mark read"));
    expect(option?.textContent).toBe("Mark read y");
    option?.click();
    expect(document.querySelector<HTMLInputElement>("[name=incident]")?.checked).toBe(true);
    delete document.body.dataset["keys"];
  });

  it("is one, however often it is asked for", () => {
    openPalette();
    openPalette();
    expect(document.querySelectorAll("dialog")).toHaveLength(1);
  });

  it("is walked by arrows and presses what is chosen", () => {
    openPalette();
    press("ArrowDown");
    expect(active()).toContain("Map");
    press("ArrowUp");
    press("ArrowUp");
    expect(active()).toContain("API reference");
    press("ArrowDown");
    press("Enter");
    expect(pressed).toBe(1);
    expect(document.querySelector("dialog")).toBeNull();
  });

  it("begins with what was typed before it was there", async () => {
    openPalette("orle");
    expect(field().value).toBe("orle");
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toContain("/api/search?query=orle&spoken=sq");
  });

  it("asks the desk once for what is typed fast, and shows other people's words as text", async () => {
    openPalette();
    field().value = "or";
    field().dispatchEvent(new Event("input"));
    await type("orle");
    expect(asked.filter((address) => address.startsWith("/api/search"))).toEqual(["/api/search?query=orle&spoken=sq"]);
    expect(options().map((one) => one.textContent)).toContain("<b>Orle</b> district");
    expect(document.querySelector("[role=option] b")).toBeNull();
  });

  it("asks nothing for one letter or for marks alone", async () => {
    openPalette();
    await type("o");
    await type('"!?');
    expect(asked.filter((address) => address.startsWith("/api/search"))).toEqual([]);
  });

  it("says that the search does not answer", async () => {
    openPalette();
    vi.stubGlobal("fetch", async () => new Response("", { status: 503 }));
    await type("orle");
    expect(document.querySelector("[role=status]")?.textContent).toContain("503");
  });
});
