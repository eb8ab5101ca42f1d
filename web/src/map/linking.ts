/** Map, timeline and list linked: pointing at a place lights up its bars and its rows, and the other way round. */

import type { MapIncident } from "./incidents.ts";

const SVG = "http://www.w3.org/2000/svg";
const LIT = "is-lit";

export interface Span {
  /** Milliseconds; `until` exclusive. */
  readonly since: number;
  readonly until: number;
}

export interface Share {
  readonly conflict: number;
  readonly cooperation: number;
}

/** How many of the incidents were first reported in each stretch, conflict and cooperation apart. */
export function countShares(incidents: readonly MapIncident[], spans: readonly Span[]): Share[] {
  return spans.map(({ since, until }) => {
    const inside = incidents.filter(({ reportedAt }) => reportedAt !== null && reportedAt >= since && reportedAt < until);
    const conflict = inside.filter((one) => one.family === "conflict").length;
    return { conflict, cooperation: inside.length - conflict };
  });
}

/** Incidents by what the page calls their place: the point, the area, or the name that no point is known for. */
export function groupByPlace(incidents: readonly MapIncident[]): Map<string, MapIncident[]> {
  const groups = new Map<string, MapIncident[]>();
  for (const incident of incidents) {
    const key = incident.spot ?? incident.areaId ?? incident.unplaced ?? "";
    const group = groups.get(key);
    if (group) group.push(incident);
    else groups.set(key, [incident]);
  }
  return groups;
}

/** Links one page's map; gives what takes it off again and what lights up incidents that the map points at. */
export function linkPage(incidents: readonly MapIncident[]): { light: (lit: readonly MapIncident[]) => void; end: () => void } {
  // Grouped when somebody first points at a place: not before the map is drawn.
  let groups: Map<string, MapIncident[]> | null = null;
  const point = (event: Event): void => {
    const place = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-place]") : null;
    if (place) light((groups ??= groupByPlace(incidents)).get(place.dataset["place"] ?? "") ?? []);
  };
  const leave = (event: Event): void => {
    if (event.target instanceof Element && event.target.closest("[data-place]")) light([]);
  };
  const listeners: [string, (event: Event) => void][] = [
    ["pointerover", point],
    ["focusin", point],
    ["pointerout", leave],
    ["focusout", leave],
  ];
  for (const [name, act] of listeners) document.addEventListener(name, act);
  return {
    light,
    end: () => {
      for (const [name, act] of listeners) document.removeEventListener(name, act);
    },
  };
}

/** Lights up rows, places and bars of these incidents, and nothing else; of none: puts the light out. */
function light(lit: readonly MapIncident[]): void {
  const ids = new Set(lit.map((one) => one.id));
  const places = new Set(groupByPlace(lit).keys());
  for (const row of document.querySelectorAll<HTMLElement>("[data-map-list] [data-incident]")) {
    row.classList.toggle(LIT, ids.has(row.dataset["incident"] ?? ""));
  }
  for (const place of document.querySelectorAll<HTMLElement>("[data-map-list] [data-place]")) {
    place.classList.toggle(LIT, places.has(place.dataset["place"] ?? ""));
  }
  for (const chart of document.querySelectorAll<SVGElement>("[data-brush]")) lightChart(chart, lit);
}

function lightChart(chart: SVGElement, lit: readonly MapIncident[]): void {
  for (const old of chart.querySelectorAll(".timeline-lit")) old.remove();
  chart.classList.toggle("has-light", lit.length > 0);
  if (lit.length === 0) return;
  const bars = [...chart.querySelectorAll<SVGElement>(".timeline-day")];
  const spans = bars.map(({ dataset }) => ({ since: Date.parse(dataset["since"] ?? ""), until: Date.parse(dataset["until"] ?? "") }));
  countShares(lit, spans).forEach((share, index) => {
    const bar = bars[index];
    if (!bar) return;
    drawShare(bar, ".timeline-hostile", share.conflict, true);
    drawShare(bar, ".timeline-cooperative", share.cooperation, false);
  });
}

/** A part of a bar, as high as its share, standing on the line of zero. */
function drawShare(bar: SVGElement, selector: string, count: number, up: boolean): void {
  const whole = bar.querySelector<SVGElement>(selector);
  const total = Number(whole?.dataset["bar"]);
  if (!whole || !count || !total) return;
  const [y, height] = [Number(whole.getAttribute("y")), Number(whole.getAttribute("height"))];
  const part = height * Math.min(1, count / total);
  const drawn = document.createElementNS(SVG, "rect");
  const attributes = { class: "timeline-lit", x: whole.getAttribute("x"), width: whole.getAttribute("width"), y: up ? y + height - part : y, height: part };
  for (const [name, value] of Object.entries(attributes)) drawn.setAttribute(name, String(value));
  bar.append(drawn);
}
