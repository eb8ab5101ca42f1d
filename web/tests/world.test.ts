// @vitest-environment node
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import type { Topology } from "topojson-specification";
import { describe, expect, it } from "vitest";
import { buildBoundaries } from "../build/boundaries.ts";
import { describeCountries } from "../build/countries.ts";
import { parseDisputed } from "../build/disputed.ts";
import { buildTiles, packTiles } from "../build/tiles.ts";
import { DEEPEST, findTile, readCountries, readTiles } from "../src/map/world.ts";

const atlas = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/countries-50m.json"), "utf8")) as Topology;
const built = buildBoundaries(atlas, parseDisputed(readFileSync(new URL("../../src/tocsin/knowledge/disputed.toml", import.meta.url), "utf8")));
const file = buildTiles(built);
const tiles = readTiles(new Uint8Array(file).buffer);

const open = (address: string): VectorTile => new VectorTile(new PbfReader(findTile(tiles, `world://${address}`)));

/** What the features of a layer say of themselves, each once. */
function told(tile: VectorTile, layer: string, property: string): unknown[] {
  const features = Array.from({ length: tile.layers[layer]?.length ?? 0 }, (_, i) => tile.layers[layer]?.feature(i));
  return [...new Set(features.map((one) => one?.properties[property]))].sort();
}

describe("the world's tiles", () => {
  it("hold every country and every kind of line at the farthest zoom", () => {
    const codes = told(open("0/0/0"), "countries", "country").filter((code) => code !== undefined);
    for (const code of ["XKX", "SRB", "UKR", "RUS", "USA", "AUS"]) expect(codes).toContain(code);
    expect(told(open("0/0/0"), "lines", "kind")).toEqual(["coast", "disputed", "plain"]);
  });

  it("hold at the nearest zoom what lies there, and the disputed line as such", () => {
    const balkans = open(`${DEEPEST}/8/5`);
    expect(told(balkans, "countries", "country")).toEqual(expect.arrayContaining(["ALB", "SRB", "XKX"]));
    expect(told(balkans, "countries", "country")).not.toContain("BRA");
    expect(told(balkans, "lines", "kind")).toContain("disputed");
    expect(balkans.layers["countries"]?.extent).toBe(8192);
  });

  it("are empty at sea, and a copy each time that one is asked for", () => {
    expect(findTile(tiles, `world://${DEEPEST}/1/10`).byteLength).toBe(0);
    expect(findTile(tiles, "world://0/0/0")).not.toBe(findTile(tiles, "world://0/0/0"));
  });

  it("stay within their budget", () => {
    expect(file.length).toBeLessThan(1_150_000);
    expect(gzipSync(file, { level: 9 }).length).toBeLessThan(680_000);
  });

  it("are refused where the file is cut short", () => {
    const packed = new Uint8Array(packTiles(new Map([["0/0/0", new Uint8Array([1, 2, 3])]]))).buffer;
    expect([...readTiles(packed)].map(([name, tile]) => [name, ...tile])).toEqual([["0/0/0", 1, 2, 3]]);
    for (const end of [0, 3, 8, packed.byteLength - 1]) expect(() => readTiles(packed.slice(0, end))).toThrow(/not whole/);
  });
});

describe("what is known of countries", () => {
  const countries = describeCountries(built);
  const byCode = new Map(countries.map((one) => [one.code, one]));

  it("names each, with its largest part and where its label may stand", () => {
    expect(byCode.get("XKX")).toMatchObject({ name: "Kosovo", country: "XKX", isDisputed: false });
    const { box, points } = byCode.get("FRA") ?? { box: [0, 0, 0, 0], points: [] };
    expect([box[0] > -6, box[2] < 10, box[1] > 41, box[3] < 52]).toEqual([true, true, true, true]);
    expect(points.length).toBeGreaterThan(5);
    for (const [lon = 0, lat = 0] of points) expect(lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3]).toBe(true);
  });

  it("reads its own list, and no other answer", () => {
    expect(readCountries(JSON.parse(JSON.stringify(countries)))).toEqual(countries);
    expect(() => readCountries({})).toThrow(/list of countries/);
  });
});
