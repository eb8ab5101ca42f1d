/** What stands on and beside the map besides the map: legend, list of places, status line, fault note. */

import type { AreaCount, Spot } from "./incidents.ts";
import { say, sayCode, sayCount, type WordKey } from "../words.ts";
import { nameSpot } from "./words.ts";

/** Says in the status line (made where the page has none) what the map shows. */
export function showStatus(box: HTMLElement, words: string): void {
  let line = document.querySelector<HTMLElement>("[data-map-status]");
  if (!line) {
    line = document.createElement("p");
    line.className = "map-note";
    line.dataset["mapStatus"] = "";
    line.setAttribute("role", "status");
    box.after(line);
  }
  line.textContent = words;
}

/** Says once, under the map, what else the reader must know of it. */
export function showNotice(box: HTMLElement, words: string): void {
  if (document.querySelector("[data-map-notice]")) return;
  const note = document.createElement("p");
  note.className = "notice notice--warn";
  note.dataset["mapNotice"] = "";
  note.setAttribute("role", "alert");
  note.textContent = words;
  box.after(note);
}

/** Says under the map who made the street map: its licence wants that seen without a click. */
export function showCredit(box: HTMLElement, credit: string): void {
  const line = document.createElement("p");
  line.className = "map-note";
  line.textContent = say("streets", { credit });
  box.after(line);
}

/** Replaces the map by the reason why there is none. */
export function showFault(box: HTMLElement, fault: unknown): void {
  const note = document.createElement("p");
  note.className = "notice notice--warn";
  note.setAttribute("role", "alert");
  const why = fault instanceof Error ? fault.message : String(fault);
  note.textContent = say("map-fault", { why });
  box.replaceChildren(note);
  box.classList.add("is-broken");
}

/** A button on the map that shows everything again after the person has moved it. */
export function makeFitButton(fit: () => void): HTMLElement {
  const group = document.createElement("div");
  group.className = "maplibregl-ctrl maplibregl-ctrl-group";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "map-fit";
  button.title = say("show-all");
  button.setAttribute("aria-label", button.title);
  button.textContent = "⤢";
  button.addEventListener("click", fit);
  group.append(button);
  return group;
}

const LEGEND: readonly [className: string, words: WordKey][] = [
  ["key-dot key-dot--conflict", "conflict"],
  ["key-dot key-dot--cooperation", "cooperation"],
  ["key-dot key-dot--mixed", "mixed"],
  ["key-dot key-dot--hedged", "less-firm"],
  ["key-dot key-dot--hollow", "unrealised"],
  ["key-area", "only-area"],
  ["key-line", "disputed-line"],
];

/** Of the boxes that lie on the map one is open at a time, so that none covers another. */
const BOXES = "map-boxes";

/** The legend; folded where it would hide the map. */
export function makeLegend(room: HTMLElement): HTMLElement {
  const box = document.createElement("details");
  box.className = "map-legend";
  box.name = BOXES;
  box.open = room.clientWidth >= 900 && room.clientHeight >= 420;
  const title = document.createElement("summary");
  title.textContent = say("legend");
  const list = document.createElement("ul");
  for (const [className, words] of LEGEND) {
    const row = document.createElement("li");
    const key = document.createElement("span");
    key.className = className;
    row.append(key, say(words));
    list.append(row);
  }
  const note = document.createElement("p");
  note.textContent = say("legend-note");
  box.append(title, list, note);
  return box;
}

/**
 * A list of all places on the map, so that the keyboard and a screen reader reach what the mouse can click. Its rows are
 * made when it is first opened: hundreds that nobody looks at would hold up the map.
 */
export function makePlaceList(
  spots: readonly Spot[],
  areas: readonly AreaCount[],
  openSpot: (index: number) => void,
  openArea: (index: number) => void,
): HTMLElement {
  const box = document.createElement("details");
  box.className = "map-places";
  box.name = BOXES;
  const title = document.createElement("summary");
  title.textContent = say("list-of-places", { number: spots.length + areas.length });
  const list = document.createElement("ul");
  // Before it opens: whoever tabs on from the heading finds the rows already there.
  title.addEventListener("click", () => list.childElementCount > 0 || list.append(...listPlaces(spots, areas, openSpot, openArea)));
  box.append(title, list);
  return box;
}

function listPlaces(
  spots: readonly Spot[],
  areas: readonly AreaCount[],
  openSpot: (index: number) => void,
  openArea: (index: number) => void,
): HTMLElement[] {
  const rows = [
    ...spots.map((spot, index) => ({ words: nameSpot(spot), count: spot.incidents.length, open: () => openSpot(index) })),
    ...areas.map((area, index) => ({
      words: `${area.name} (${sayCode(area.precision)})`,
      count: area.count,
      open: () => openArea(index),
    })),
  ];
  const { compare } = new Intl.Collator("en");
  return rows.sort((a, b) => compare(a.words, b.words)).map(({ words, count, open }) => {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    const name = document.createElement("bdi"); // a name from right to left must not turn the count beside it
    name.textContent = words;
    button.append(name, `: ${sayCount("incident", count)}`);
    button.addEventListener("click", open);
    row.append(button);
    return row;
  });
}
