// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { creditOf, escapeText, makeStreetsSource, readStreets, streetLayers, type Streets } from "../src/map/streets.ts";
import { LIGHT } from "../src/map/style.ts";

const ANSWER = {
  state: "ok",
  problem: null,
  address: "/api/streets.pmtiles?version=1",
  kind: "vector",
  least: 0,
  most: 14,
  bounds: [20, 41, 22, 44],
  attribution: "© OpenStreetMap contributors",
  layers: ["roads", "water", "boundaries", "places", 7],
};
const read = (more: object = {}): Streets => readStreets({ ...ANSWER, ...more }).streets as Streets;

describe("readStreets", () => {
  it("takes what the desk serves, and only from the desk", () => {
    expect(read().layers).toEqual(["roads", "water", "boundaries", "places"]);
    expect(readStreets({ ...ANSWER, address: "https://elsewhere.example/x" })).toEqual({
      streets: null,
      problem: "the desk's answer about it is not whole",
    });
  });

  it("hands on why a file cannot be used, and is silent where none is set", () => {
    expect(readStreets({ state: "broken", problem: "street map: is cut short" }).problem).toContain("cut short");
    expect(readStreets({ state: "none" })).toEqual({ streets: null, problem: null });
    expect(readStreets(null).problem).not.toBeNull();
  });
});

describe("the look of streets", () => {
  const drawn = (layers: string[]): string[] => streetLayers(read({ layers }), LIGHT, ["Arial"]).map((layer) => layer.id);

  it.each([[["water", "roads", "buildings"]], [["water", "transportation", "transportation_name", "building"]], [["water_polygons", "streets", "street_labels"]]])(
    "draws streets of the schema with %o",
    (layers) => {
      const ids = drawn(layers);
      expect(ids.some((id) => id.endsWith("-edge"))).toBe(true);
      expect(ids.some((id) => id.endsWith("-names"))).toBe(true);
    },
  );

  it("never draws boundaries or names of places that the file brings", () => {
    const ids = drawn(["roads", "boundaries", "boundary", "places", "place_labels", "admin"]);
    expect(ids.filter((id) => /bound|place|admin/.test(id))).toEqual([]);
    expect(drawn(["my_roads", "admin_0", "country_labels"])).toEqual(["streets-my_roads"]);
  });

  it("draws images as images, and nothing without a file", () => {
    expect(streetLayers(read({ kind: "raster" }), LIGHT, []).map((layer) => layer.type)).toEqual(["raster"]);
    expect(streetLayers(null, LIGHT, [])).toEqual([]);
  });

  it("shows an attribution as text, and says where there is none", () => {
    const hostile = '<img src=x onerror="alert(1)">';
    expect(escapeText(hostile)).not.toContain("<img");
    const source = makeStreetsSource(read({ attribution: hostile })) as { attribution: string; tiles: string[] };
    expect(source.attribution).not.toContain("<img");
    expect(source.tiles[0]).toMatch(/^pmtiles:\/\/.*\/api\/streets\.pmtiles\?version=1\/\{z\}\/\{x\}\/\{y\}$/);
    expect(creditOf(read({ attribution: null }))).toContain("does not name");
  });
});
