import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DARK, LIGHT } from "../src/map/style.ts";

const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");

/** Custom properties with a six-digit colour in the block that starts at `head`. */
function readTokens(head: string): Record<string, string> {
  const start = css.indexOf(head);
  if (start < 0) throw new Error(`tokens.css has no block ${head}`);
  const block = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((found) => [found[1], found[2]]));
}

const light = readTokens(":root {");
const dark = readTokens(':root[data-theme="dark"]');
const darkBySystem = readTokens(':root:not([data-theme="light"])');

/** WCAG 2.2 relative luminance of #rrggbb. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const WORDS: [string, string][] = [
  ...["ink", "ink-soft", "accent", "conflict", "cooperation", "good", "warn", "bad", "exercise", "priority", "immediate", "flash"].flatMap(
    (word): [string, string][] => [[word, "panel"], [word, "ground"], [word, "raised"]],
  ),
  ["conflict", "conflict-soft"],
  ["cooperation", "cooperation-soft"],
  ["ink-soft", "neutral-soft"],
  ["exercise", "exercise-soft"],
  ["warn", "warn-soft"],
  ["bad", "bad-soft"],
  ["ink", "accent-soft"],
  ["ink-soft", "accent-soft"],
  ["ink", "conflict-soft"],
  ["ink", "cooperation-soft"],
  ["on-accent", "accent"],
  ["on-bar", "bar"],
  ["on-bar-soft", "bar"],
  ["panel", "flash"],
];
const MARKS: [string, string][] = [["line-strong", "panel"], ["focus", "panel"], ["focus", "ground"], ["conflict-fill", "panel"], ["cooperation-fill", "panel"]];

describe.each([
  ["light", light],
  ["dark", dark],
])("%s theme", (_name, tokens) => {
  it.each(WORDS)("%s on %s meets AA for text", (word, ground) => {
    expect(contrast(tokens[word] ?? "", tokens[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
  });
  it.each(MARKS)("%s on %s meets AA for marks", (mark, ground) => {
    expect(contrast(tokens[mark] ?? "", tokens[ground] ?? "")).toBeGreaterThanOrEqual(3);
  });
});

it("dark is the same by choice and by system", () => {
  expect(darkBySystem).toEqual(dark);
});

it.each([["light", LIGHT], ["dark", DARK]] as const)("marks and names stand out on the %s map", (_name, palette) => {
  expect(contrast(palette.conflict, palette.land)).toBeGreaterThanOrEqual(3);
  expect(contrast(palette.cooperation, palette.land)).toBeGreaterThanOrEqual(3);
  expect(contrast(palette.label, palette.land)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(palette.onMark, palette.conflict)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(palette.disputed, palette.land)).toBeGreaterThanOrEqual(3);
});
