/** Days of hostile and cooperative weight, checked and laid out as bars. No DOM here. */

import { say, sayCode, sayCount } from "../words.ts";

export interface Day {
  readonly day: string;
  /** Sum of weights; null where the day was not scored: absent, not zero. */
  readonly hostile: number | null;
  readonly cooperative: number | null;
  readonly state: string;
  readonly count: number | null;
  readonly url: string | null;
  readonly alert: string | null;
}

export interface Bar {
  readonly day: Day;
  readonly x: number;
  readonly width: number;
  /** Heights in the unit of the drawing; null where there is no figure. */
  readonly up: number | null;
  readonly down: number | null;
}

export interface Chart {
  readonly bars: readonly Bar[];
  /** Where zero lies, from the top. */
  readonly zero: number;
  /** Marks of the upper scale: value and height from the top. */
  readonly marks: readonly { readonly value: number; readonly y: number }[];
  /** Days that get a date under the axis. */
  readonly dated: readonly { readonly day: string; readonly x: number }[];
}

const DAY_MS = 86_400_000;
/** Longer gaps are cut: a chart of ten empty years shows nothing. */
const MOST_DAYS = 3660;

/** The days of an answer, in order, with the days in between that it leaves out as days without a score. */
export function readSeries(answer: unknown): Day[] {
  const listed = Array.isArray(answer) ? answer : (answer as { series?: unknown } | null)?.series;
  if (!Array.isArray(listed)) throw new TypeError("the series is no list of days");
  const days = listed.map(readDay).sort((a, b) => (a.day < b.day ? -1 : 1));
  return fillGaps(days);
}

function readDay(value: unknown): Day {
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const day = String(given["day"] ?? "");
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day))) throw new TypeError(`"${day}" is no day`);
  const state = typeof given["state"] === "string" ? given["state"] : "scored";
  const url = given["url"];
  return {
    day,
    hostile: readWeight(given["hostile"]),
    cooperative: readWeight(given["cooperative"]),
    state,
    count: typeof given["count"] === "number" ? given["count"] : null,
    url: typeof url === "string" && /^\/(?![/\\])/.test(url) ? url : null,
    alert: typeof given["alert"] === "string" ? given["alert"] : null,
  };
}

function readWeight(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Math.max(0, value) : null;
}

function fillGaps(days: readonly Day[]): Day[] {
  const filled: Day[] = [];
  for (const day of days) {
    const last = filled.at(-1);
    if (last) {
      const missing = Math.round((Date.parse(day.day) - Date.parse(last.day)) / DAY_MS) - 1;
      for (let i = 1; i <= Math.min(missing, MOST_DAYS); i++) {
        const name = new Date(Date.parse(last.day) + i * DAY_MS).toISOString().slice(0, 10);
        filled.push({ day: name, hostile: null, cooperative: null, state: "no record", count: null, url: null, alert: null });
      }
    }
    filled.push(day);
  }
  return filled;
}

/** A round number at or above `value`: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10;
  return factor * power;
}

/** Lays days out in a drawing: hostile upwards, cooperative downwards, both on one scale. */
export function layOut(days: readonly Day[], width: number, height: number): Chart {
  const top = Math.max(0, ...days.map((day) => day.hostile ?? 0));
  const bottom = Math.max(0, ...days.map((day) => day.cooperative ?? 0));
  const reach = roundUp(Math.max(top, 0.001));
  const depth = bottom > 0 ? bottom : 0;
  const scale = height / (reach + depth);
  const zero = reach * scale;
  const step = days.length > 0 ? width / days.length : width;
  const bars = days.map((day, i): Bar => ({
    day,
    x: i * step,
    width: step,
    up: day.hostile === null ? null : day.hostile * scale,
    down: day.cooperative === null ? null : day.cooperative * scale,
  }));
  const marks = [reach, reach / 2].map((value) => ({ value, y: zero - value * scale }));
  return { bars, zero, marks, dated: chooseDates(days, step, width) };
}

/** At most one date for every 90 units of width, evenly spread. */
function chooseDates(days: readonly Day[], step: number, width: number): { day: string; x: number }[] {
  const every = Math.max(1, Math.ceil(days.length / Math.max(1, Math.floor(width / 90))));
  return days.flatMap((day, i) => (i % every === 0 ? [{ day: day.day, x: (i + 0.5) * step }] : []));
}

/** "9 Mar 2026", as the rest of the page writes days. */
export function writeDay(day: string): string {
  const [year, month, number] = day.split("-").map(Number);
  return say("day", { day: number ?? "", month: say("months").split(" ")[(month ?? 1) - 1] ?? "", year: year ?? "" });
}

/** What a day's bar says on pointing and to a screen reader. */
export function describeDay(day: Day): string {
  const parts = [writeDay(day.day)];
  if (day.hostile === null && day.cooperative === null) parts.push(say("not-scored-why", { state: sayCode(day.state) }));
  else {
    parts.push(say("hostile", { weight: day.hostile ?? say("not-scored") }), say("cooperative", { weight: day.cooperative ?? say("not-scored") }));
    if (day.state !== "scored") parts.push(sayCode(day.state));
  }
  if (day.count !== null) parts.push(sayCount("incident", day.count));
  if (day.alert) parts.push(say("alert-rang", { precedence: day.alert }));
  return parts.join(", ");
}
