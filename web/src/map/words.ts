/** The map in words: popups, the list of places and the line that says what is and is not drawn. */

import { say, sayCode, sayCount, type CountKey } from "../words.ts";
import type { AreaCount, MapIncident, Spot } from "./incidents.ts";

const MOST_IN_POPUP = 25;
const MOST_SECTIONS = 20;
const MOST_NAMED = 6;
const IN_AREA: ReadonlyMap<string, CountKey> = new Map([["district", "in-district"], ["region", "in-region"]]);

/** The small line under an incident's title: type, date, how many origins, and what must be known about it. */
export function describeIncident(incident: MapIncident): string {
  const date = incident.date ?? say("no-day");
  return [incident.type, date, sayCount("origin", incident.origins), ...incident.flags.map(sayCode)].join(" · ");
}

/** The name of a spot: the places its incidents give, each once. */
export function nameSpot(spot: Spot): string {
  const names = new Set(spot.incidents.map((one) => one.place).filter((name) => name !== null));
  return [...names].slice(0, 3).join(", ") || say("unnamed-place");
}

/** One place or area in a popup. */
export interface Section {
  readonly heading: string;
  readonly incidents: readonly MapIncident[];
  readonly area: AreaCount | null;
}

/** A popup's content. Only text nodes: titles and names are other people's words. */
export function renderSections(sections: readonly Section[]): HTMLElement {
  const box = document.createElement("div");
  box.className = "map-popup";
  // Reached by the keyboard, a list that scrolls must take the focus.
  box.tabIndex = 0;
  for (const section of sections.slice(0, MOST_SECTIONS)) box.append(...renderSection(section));
  if (sections.length > MOST_SECTIONS) box.append(renderRest(say("zoom-to-part", { places: sayCount("more-place", sections.length - MOST_SECTIONS) })));
  return box;
}

function renderSection({ heading, incidents, area }: Section): HTMLElement[] {
  const title = document.createElement("h2");
  title.textContent = incidents.length > 1 ? `${heading}: ${sayCount("incident", incidents.length)}` : heading;
  const list = document.createElement("ul");
  for (const incident of incidents.slice(0, MOST_IN_POPUP)) list.append(renderIncident(incident));
  const parts = area ? [title, renderAreaLine(area)] : [title];
  if (incidents.length > 0) parts.push(list);
  if (incidents.length > MOST_IN_POPUP) {
    parts.push(renderRest(say("rest-in-list", { number: incidents.length - MOST_IN_POPUP })));
  }
  return parts;
}

function renderRest(words: string): HTMLElement {
  const rest = document.createElement("p");
  rest.className = "small muted";
  rest.textContent = words;
  return rest;
}

function renderAreaLine(area: AreaCount): HTMLElement {
  const line = document.createElement("p");
  line.className = "small";
  const words = sayCount(IN_AREA.get(area.precision) ?? "in-country", area.count);
  if (area.isExercise) line.textContent = "EXERCISE · ";
  if (area.url) {
    const link = document.createElement("a");
    link.href = area.url;
    link.textContent = words;
    line.append(link);
  } else line.append(words);
  return line;
}

function renderIncident(incident: MapIncident): HTMLElement {
  const row = document.createElement("li");
  const title = document.createElement(incident.url ? "a" : "span");
  if (incident.url) title.setAttribute("href", incident.url);
  title.textContent = incident.title;
  const line = document.createElement("div");
  line.className = "small muted";
  line.textContent = describeIncident(incident);
  row.append(title, line);
  return row;
}

/** One line that says what the map shows and, by name, what it does not. */
export function summarise(
  incidents: readonly MapIncident[],
  spots: readonly Spot[],
  shaded: readonly AreaCount[],
  unshaped: readonly AreaCount[],
  outside = 0,
): string {
  if (incidents.length === 0) return say("none-match");
  const pinned = spots.reduce((sum, spot) => sum + spot.incidents.length, 0);
  const inAreas = (areas: readonly AreaCount[]): number => areas.reduce((sum, area) => sum + area.count, 0);
  const parts = [`${sayCount("incident", pinned)} ${sayCount("at-place", spots.length)}`];
  if (outside > 0) parts[0] += `, ${say("far-outside", { number: outside })}`;
  if (shaded.length > 0) parts.push(say("shaded", { number: inAreas(shaded) }));
  if (unshaped.length > 0) {
    const names = unshaped.slice(0, MOST_NAMED).map((area) => `${area.name} ${area.count}`);
    if (unshaped.length > MOST_NAMED) names.push("…");
    parts.push(say("unshaped", { number: inAreas(unshaped), names: names.join(", ") }));
  }
  // What is neither pinned nor counted in an area: the list beside the map holds the same number under "Place not known".
  const lost = incidents.length - pinned - inAreas(shaded) - inAreas(unshaped);
  if (lost > 0) parts.push(say("lost", { number: lost }));
  return `${parts.join("; ")}.`;
}
