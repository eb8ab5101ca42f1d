/** Drawing over the bars of a timeline narrows to the stretch from the first to the last of them. */

export interface Stretch {
  readonly since: string;
  readonly until: string;
}

/** What two bars, in whatever order, span; null where one of them is not known. */
export function joinStretch(bars: readonly Stretch[], from: number, to: number): Stretch | null {
  const first = bars[Math.min(from, to)];
  const last = bars[Math.max(from, to)];
  return first && last ? { since: first.since, until: last.until } : null;
}

/** An address asked for the same between two times; empty parameters say nothing. */
export function addStretch(base: string, stretch: Stretch): string {
  const [path = "", query = ""] = base.split("?");
  const asked = new URLSearchParams(query);
  asked.set("reported_since", shorten(stretch.since));
  asked.set("reported_until", shorten(stretch.until));
  return `${path}?${asked}`;
}

/** A time as the desk writes it: UTC, to the minute, where it is a whole one. */
function shorten(time: string): string {
  return time.replace(/(:\d\d)(:00)?(\.0+)?(\+00:00|Z)$/, "$1Z");
}

const LEAST_PIXELS = 5;

/** Listens on the document: charts come and go with what is shown. */
export function startBrush(): void {
  let from: { chart: Element; index: number; x: number } | null = null;
  let isDrawn = false;
  document.addEventListener("pointerdown", (press) => {
    const bar = barAt(press.target);
    isDrawn = false;
    from = bar && press.button === 0 ? { ...bar, x: press.clientX } : null;
  });
  document.addEventListener("pointermove", (move) => {
    if (!from || Math.abs(move.clientX - from.x) < LEAST_PIXELS) return;
    isDrawn = true;
    const to = barAt(document.elementFromPoint(move.clientX, move.clientY));
    if (to?.chart === from.chart) mark(from.chart, from.index, to.index);
  });
  document.addEventListener("pointerup", () => {
    const chosen = isDrawn && from ? listChosen(from.chart) : null;
    if (from && chosen) narrow(from.chart, chosen);
    from = null;
  });
  document.addEventListener("pointercancel", () => {
    if (from) mark(from.chart, -1, -1);
    from = null;
  });
  // The bar that the drawing ended on is a link: it must not be followed too.
  document.addEventListener("click", (press) => {
    if (isDrawn && press.target instanceof Element && press.target.closest("[data-brush]")) {
      press.preventDefault();
      press.stopPropagation();
    }
    isDrawn = false;
  }, true);
  document.addEventListener("dragstart", (drag) => {
    if (barAt(drag.target)) drag.preventDefault();
  });
}

function barAt(target: EventTarget | null): { chart: Element; index: number } | null {
  const bar = target instanceof Element ? target.closest("[data-brush] .timeline-day") : null;
  const chart = bar?.closest("[data-brush]");
  return bar && chart ? { chart, index: listBars(chart).indexOf(bar as SVGElement) } : null;
}

function listBars(chart: Element): SVGElement[] {
  return [...chart.querySelectorAll<SVGElement>(".timeline-day")];
}

function mark(chart: Element, from: number, to: number): void {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  listBars(chart).forEach((bar, index) => bar.classList.toggle("is-chosen", low >= 0 && index >= low && index <= high));
}

function listChosen(chart: Element): Stretch | null {
  const chosen = listBars(chart).filter((bar) => bar.classList.contains("is-chosen"));
  const stretches = chosen.map(({ dataset }) => ({ since: dataset["since"] ?? "", until: dataset["until"] ?? "" }));
  return joinStretch(stretches, 0, stretches.length - 1);
}

/** Follows a link like any other, so that whoever handles links handles this one. */
function narrow(chart: Element, stretch: Stretch): void {
  const link = document.createElement("a");
  link.href = addStretch(chart.getAttribute("data-brush") ?? "", stretch);
  link.dataset["narrow"] = "";
  link.hidden = true;
  document.body.append(link);
  // After the click that ends the drawing.
  setTimeout(() => {
    link.click();
    link.remove();
  });
}
