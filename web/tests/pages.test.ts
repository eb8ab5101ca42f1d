import { describe, expect, it } from "vitest";
import { sharesClaim, splitClaimIds } from "../src/evidence.ts";
import { interpretKey, nextRow, type KeyPress } from "../src/keys.ts";
import { nextTheme, parseTheme } from "../src/theming.ts";
import { describeDay, layOut, readSeries, roundUp } from "../src/timeline/series.ts";

const press = (key: string, more: Partial<KeyPress> = {}): ReturnType<typeof interpretKey> =>
  interpretKey({ key, withModifier: false, inField: false, inDialog: false, onControl: false, inRows: false, afterGo: false, ...more });

describe("interpretKey", () => {
  it("moves, opens, searches and helps", () => {
    expect(press("j")).toEqual({ kind: "move", by: 1 });
    expect(press("ArrowUp", { inRows: true, onControl: true })).toEqual({ kind: "move", by: -1 });
    expect(press("Enter")).toEqual({ kind: "open" });
    expect(press("/")).toEqual({ kind: "search" });
    expect(press("?")).toEqual({ kind: "help" });
  });

  it("goes where g and a key say, and only then", () => {
    expect(press("g")).toEqual({ kind: "await-go" });
    expect(press("i", { afterGo: true })).toEqual({ kind: "go", key: "i" });
    expect(press("i")).toEqual({ kind: "press", key: "i" });
    expect(press('"]', { afterGo: true })).toEqual({ kind: "none" });
  });

  it.each([{ withModifier: true }, { inField: true }, { inDialog: true }])("leaves typing and the browser's own keys alone: %o", (more) => {
    for (const key of ["j", "/", "g", "Enter", "?", "x"]) expect(press(key, more)).toEqual({ kind: "none" });
  });

  it("leaves Enter to a focused link or button, and arrows to the page until a row is marked", () => {
    expect(press("Enter", { onControl: true })).toEqual({ kind: "none" });
    for (const key of ["ArrowDown", "ArrowUp"]) expect(press(key)).toEqual({ kind: "none" });
    expect(press("j", { onControl: true })).toEqual({ kind: "move", by: 1 });
  });

  it("leaves a field on Escape", () => {
    expect(press("Escape", { inField: true })).toEqual({ kind: "leave" });
  });
});

it("nextRow stops at both ends and starts at the near one", () => {
  expect(nextRow(-1, 1, 3)).toBe(0);
  expect(nextRow(-1, -1, 3)).toBe(2);
  expect(nextRow(2, 1, 3)).toBeNull();
  expect(nextRow(0, -1, 3)).toBeNull();
  expect(nextRow(-1, 1, 0)).toBeNull();
});

it("the theme turns through automatic, light and dark", () => {
  expect(["auto", "light", "dark"].map((theme) => nextTheme(parseTheme(theme)))).toEqual(["light", "dark", "auto"]);
  expect(parseTheme("sepia")).toBe("auto");
});

it("claims share light by id, not by parts of ids", () => {
  expect(splitClaimIds(" clm_1  clm_2 ")).toEqual(["clm_1", "clm_2"]);
  expect(sharesClaim("clm_1 clm_2", "clm_2")).toBe(true);
  expect(sharesClaim("clm_1", "clm_12")).toBe(false);
  expect(sharesClaim(undefined, "clm_1")).toBe(false);
});

describe("series", () => {
  it("sorts days and shows missing ones as missing, not as zero", () => {
    const days = readSeries([{ day: "2022-08-01", hostile: 1, cooperative: 0 }, { day: "2022-07-30", hostile: 2, cooperative: 1 }]);
    expect(days.map((day) => day.day)).toEqual(["2022-07-30", "2022-07-31", "2022-08-01"]);
    expect(days[1]).toMatchObject({ hostile: null, cooperative: null, state: "no record" });
  });

  it("keeps an unscored day apart from a quiet one", () => {
    const days = readSeries({ series: [{ day: "2022-07-30", hostile: null, state: "too-little-history" }, { day: "2022-07-31", hostile: 0, cooperative: 0 }] });
    expect(describeDay(days[0] as (typeof days)[0])).toBe("30 Jul 2022, not scored (too-little-history)");
    expect(describeDay(days[1] as (typeof days)[0])).toBe("31 Jul 2022, hostile 0, cooperative 0");
    const { bars } = layOut(days, 100, 100);
    expect(bars.map((bar) => bar.up)).toEqual([null, 0]);
  });

  it("draws both directions on one scale within the height", () => {
    const days = readSeries([{ day: "2022-07-30", hostile: 8, cooperative: 4 }]);
    const { bars, zero } = layOut(days, 100, 140);
    const [bar] = bars;
    expect((bar?.up ?? 0) / (bar?.down ?? 1)).toBeCloseTo(2);
    expect(zero + (bar?.down ?? 0)).toBeLessThanOrEqual(140.001);
    expect(bar?.up).toBeLessThanOrEqual(zero);
  });

  it("refuses what is no series and links nowhere outside", () => {
    expect(() => readSeries({ detail: "not found" })).toThrow(/no list/);
    expect(() => readSeries([{ day: "yesterday" }])).toThrow(/no day/);
    expect(readSeries([{ day: "2022-07-30", url: "//evil.example" }])[0]?.url).toBeNull();
  });

  it("rounds scales up to 1, 2 or 5", () => {
    expect([0, 0.3, 1, 7, 14.5, 51].map(roundUp)).toEqual([1, 0.5, 1, 10, 20, 100]);
  });
});
