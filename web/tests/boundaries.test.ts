import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { MultiLineString, Position } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { describe, expect, it } from "vitest";
import { buildBoundaries, roundLine, type CountryFields } from "../build/boundaries.ts";
import { parseDisputed } from "../build/disputed.ts";
import { isInside, largestRing } from "../src/map/geometry.ts";
import type { Polygon } from "geojson";

const atlas = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/countries-50m.json"), "utf8")) as Topology;
const table = parseDisputed(readFileSync(new URL("../../src/tocsin/knowledge/disputed.toml", import.meta.url), "utf8"));
const built = buildBoundaries(atlas, table);
const countries = feature(built.countries, built.countries.objects["countries"] as GeometryCollection<CountryFields>).features;
const byCode = new Map(countries.map((country) => [country.properties.code, country]));

/** All boundary segments of a kind, direction left aside. */
function segmentsOf(kind: string): string[] {
  const lines = built.lines.features.filter((one) => one.properties?.["kind"] === kind);
  return lines.flatMap((one) =>
    (one.geometry as MultiLineString).coordinates.flatMap((line) =>
      line.slice(1).map((to, i) => [String(line[i]), String(to)].sort().join(" ")),
    ),
  );
}

describe("boundaries", () => {
  it("gives every polygon a code, and Kosovo its own", () => {
    expect(countries.length).toBeGreaterThan(230);
    expect(byCode.get("XKX")?.properties).toEqual({ code: "XKX", name: "Kosovo", country: "XKX", isDisputed: false });
    expect(byCode.get("MKD")?.properties.name).toBe("North Macedonia");
    expect(byCode.get("KAS")?.properties.country).toBeNull();
  });

  it("lists the codes under which an area finds a shape", () => {
    expect(built.codes).toEqual([...built.codes].sort());
    expect(built.codes).toEqual(expect.arrayContaining(["XKX", "UKR", "SOM"]));
    expect(built.codes).not.toContain("SOL");
    expect(new Set(built.codes).size).toBe(built.codes.length);
  });

  it("takes Crimea out of Russia and counts it under Ukraine", () => {
    const crimea = byCode.get("RUS:Crimea");
    expect(crimea?.properties).toMatchObject({ country: "UKR", isDisputed: true });
    const sevastopol: Position = [33.5, 44.6];
    const covers = (code: string): boolean => {
      const shape = byCode.get(code)?.geometry;
      const parts = shape?.type === "MultiPolygon" ? shape.coordinates : [(shape as Polygon).coordinates];
      return parts.some((rings) => contains(rings[0] ?? [], sevastopol));
    };
    expect(covers("RUS:Crimea")).toBe(true);
    expect(covers("RUS")).toBe(false);
  });

  it("draws a boundary once: plain or disputed, never both", () => {
    const plain = new Set(segmentsOf("plain"));
    const disputed = segmentsOf("disputed");
    expect(plain.size).toBeGreaterThan(10_000);
    expect(disputed.length).toBeGreaterThan(500);
    expect(disputed.filter((segment) => plain.has(segment))).toEqual([]);
  });

  it("draws the line between Serbia and Kosovo as disputed, that with Albania as plain", () => {
    const pairs = built.lines.features.map((one) => one.properties?.["between"]);
    expect(pairs).toContain("SRB-XKX");
    expect(pairs).not.toContain("ALB-XKX");
    for (const rule of table.lines) expect(pairs).toContain(rule.between.join("-"));
  });

  it("keeps what lies outside a rule's box plain", () => {
    const rule = table.lines.find((one) => one.between.join("-") === "IND-PAK");
    const box = rule?.box;
    if (!box) throw new Error("the table has no box for IND-PAK");
    const drawn = built.lines.features.find((one) => one.properties?.["between"] === "IND-PAK")?.geometry as MultiLineString;
    const margin: [number, number, number, number] = [box[0] - 0.5, box[1] - 0.5, box[2] + 0.5, box[3] + 0.5];
    expect(drawn.coordinates.flat().every((at) => isInside(at, margin))).toBe(true);
  });

  it("refuses a line that is not on the map, by name", () => {
    const wrong = { lines: [{ between: ["FRA", "PER"] as const, box: null, note: "" }], areas: [] };
    expect(() => buildBoundaries(atlas, wrong)).toThrow(/FRA-PER.*no boundary there/);
  });

  it("refuses an area that is not in its box, by name", () => {
    const wrong = { lines: [], areas: [{ name: "Atlantis", heldBy: "RUS", country: null, box: [-40, 0, -39, 1] as const, note: "" }] };
    expect(() => buildBoundaries(atlas, wrong)).toThrow(/Atlantis.*no polygon of RUS/);
  });
});

describe("disputed.toml", () => {
  it.each([
    ['[[line]]\nbetween = ["SRB"]', /between must be two codes/],
    ['[[line]]\nbetween = ["SRB", "XKX"]\nbxo = [1, 2, 3, 4]', /unknown key "bxo"; allowed are/],
    ['[[line]]\nbetween = ["SRB", "XKX"]\nbox = [3, 2, 1, 4]', /west to east/],
    ['[[area]]\nname = "A"\nheld_by = "RUS"', /box must be/],
    ["line = 3", /must be written as \[\[line\]\]/],
  ])("refuses %j", (text, fault) => {
    expect(() => parseDisputed(text)).toThrow(fault);
  });
});

it("roundLine leaves out points that rounding made equal", () => {
  expect(roundLine([[1.00001, 2], [1.00002, 2], [1.5, 2]])).toEqual([[1, 2], [1.5, 2]]);
  expect(largestRing({ type: "Polygon", coordinates: [[]] })).toEqual([]);
});

function contains(ring: readonly Position[], [lon = 0, lat = 0]: Position): boolean {
  let inside = false;
  for (let i = 1; i < ring.length; i++) {
    const [x0 = 0, y0 = 0] = ring[i - 1] ?? [];
    const [x1 = 0, y1 = 0] = ring[i] ?? [];
    if (y0 > lat !== y1 > lat && lon < x0 + ((lat - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside;
  }
  return inside;
}
