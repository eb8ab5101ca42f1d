/** The bar chart island: every `.timeline[data-series]` becomes an SVG; its table stays, folded under it. */

import { startBrush } from "./timeline/brush.ts";
import { describeDay, layOut, readSeries, writeDay, type Bar, type Day } from "./timeline/series.ts";
import { say } from "./words.ts";

const LEAST_WIDTH = 280;
const MOST_WIDTH = 1200;
const HEIGHT = 150;
const LEFT = 34;
const BELOW = 22;
const WIDEST_BAR = 26;
/** Half as wide as a date under the axis: the last one must not be cut. */
const HALF_DATE = 38;
const SVG = "http://www.w3.org/2000/svg";

const mounted = new WeakSet<HTMLElement>();

function mountAll(): void {
  for (const box of document.querySelectorAll<HTMLElement>(".timeline[data-series]")) {
    if (mounted.has(box)) continue;
    mounted.add(box);
    void mount(box);
  }
}

async function mount(box: HTMLElement): Promise<void> {
  try {
    const days = readSeries(await loadSeries(box.dataset["series"] ?? ""));
    if (days.length === 0) return;
    const label = box.dataset["label"] ?? say("tension");
    foldTable(box);
    // Drawn for the width there is, and drawn again when it changes: letters keep their size on a telephone.
    let chart: SVGElement | null = null;
    let drawnFor = 0;
    new ResizeObserver(() => {
      const width = Math.min(Math.max(Math.round(box.clientWidth), LEAST_WIDTH), MOST_WIDTH);
      if (width === drawnFor || chart?.contains(document.activeElement)) return;
      drawnFor = width;
      const fresh = draw(days, label, width);
      if (chart) chart.replaceWith(fresh);
      else box.prepend(fresh);
      chart = fresh;
    }).observe(box);
  } catch (fault) {
    // The table under the chart still holds the figures; say why there is no drawing.
    const note = document.createElement("p");
    note.className = "small muted";
    note.textContent = say("no-chart", { why: fault instanceof Error ? fault.message : String(fault) });
    box.prepend(note);
  }
}

async function loadSeries(given: string): Promise<unknown> {
  if (/^\s*[[{]/.test(given)) return JSON.parse(given);
  const url = new URL(given, document.baseURI);
  if (url.origin !== location.origin) throw new Error("the series is not on this desk");
  const response = await fetch(url, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`"${url.pathname}" answered ${response.status}`);
  return response.json();
}

function foldTable(box: HTMLElement): void {
  const table = box.querySelector("table");
  if (!table || table.closest("details")) return;
  const fold = document.createElement("details");
  const title = document.createElement("summary");
  title.textContent = say("figures");
  table.before(fold);
  fold.append(title, table);
}

function make(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

function draw(days: readonly Day[], label: string, width: number): SVGElement {
  const chart = layOut(days, width - LEFT, HEIGHT);
  const svg = make("svg", {
    viewBox: `0 0 ${width} ${HEIGHT + BELOW}`,
    class: "timeline-chart",
    role: "group",
    "aria-label": say("chart-label", { label }),
  });
  for (const mark of chart.marks) {
    const y = Math.max(mark.y, 0.5);
    svg.append(make("line", { class: "timeline-grid", x1: LEFT, x2: width, y1: y, y2: y }));
    svg.append(make("text", { class: "timeline-mark", x: LEFT - 6, y: y + 9, "text-anchor": "end" }, String(mark.value)));
  }
  for (const bar of chart.bars) svg.append(drawBar(bar, chart.zero));
  svg.append(make("line", { class: "timeline-zero", x1: LEFT, x2: width, y1: chart.zero, y2: chart.zero }));
  for (const { day, x } of chart.dated) {
    svg.append(make("text", { class: "timeline-mark", x: Math.min(LEFT + x, width - HALF_DATE), y: HEIGHT + 16, "text-anchor": "middle" }, writeDay(day)));
  }
  return svg;
}

function drawBar(bar: Bar, zero: number): SVGElement {
  const group = bar.day.url ? make("a", { href: bar.day.url, class: "timeline-day" }) : make("g", { class: "timeline-day" });
  const words = describeDay(bar.day);
  group.setAttribute("aria-label", words);
  if (!bar.day.url) group.setAttribute("role", "img");
  group.append(make("title", {}, words));
  const width = Math.max(Math.min(bar.width * 0.8, WIDEST_BAR), 0.75);
  const x = LEFT + bar.x + (bar.width - width) / 2;
  // The whole height of the day answers to the pointer: small bars are hard to hit.
  group.append(make("rect", { class: "timeline-hit", x: LEFT + bar.x, width: bar.width, y: 0, height: HEIGHT }));
  if (bar.up === null && bar.down === null) {
    group.append(make("rect", { class: "timeline-absent", x, width, y: zero - 5, height: 10 }));
  }
  if (bar.up) group.append(make("rect", { class: "timeline-hostile", x, width, y: zero - bar.up, height: bar.up }));
  if (bar.down) group.append(make("rect", { class: "timeline-cooperative", x, width, y: zero, height: bar.down }));
  if (bar.day.alert) {
    const middle = x + width / 2;
    const tip = Math.max(zero - (bar.up ?? 0) - 4, 9);
    group.append(make("path", { class: "timeline-alert", d: `M${middle} ${tip}l-5 -8h10z` }));
  }
  return group;
}

mountAll();
startBrush();
document.addEventListener("htmx:after:swap", mountAll);
