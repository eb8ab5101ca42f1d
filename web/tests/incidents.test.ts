// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { groupSpots, ownAddress, readAreas, readIncidents, readNames, readPosition } from "../src/map/incidents.ts";
import { chooseView, shadeAreas, sortBoundaries, widenBox, type Shape } from "../src/map/shapes.ts";
import { makeDrawing, type Told } from "./drawings.ts";
import { clusterSpots, drawMarks, REACH, type Mark } from "../src/map/clusters.ts";
import { nameCountries, type Country } from "../src/map/world.ts";
import { describeIncident, renderSections, summarise, type Section } from "../src/map/words.ts";

function told(fields: Record<string, unknown>, point: unknown = [20.84, 42.9]): Told {
  return { id: "inc_1", type: "ASSAULT", family: "conflict", title: "Beating", place: "Zvečan", origins: 1, state: "reported", modality: "actual", certainty: "asserted", ...fields, point };
}

const read = (...all: Told[]): ReturnType<typeof readIncidents> => readIncidents(makeDrawing(...all));

const square = (code: string, west: number, more: object = {}): Shape => ({
  type: "Feature",
  properties: { code, name: code, country: code, ...more },
  geometry: { type: "Polygon", coordinates: [[[west, 0], [west + 2, 0], [west + 2, 2], [west, 2], [west, 0]]] },
});

const land = (code: string, west: number, country = code): Country => ({
  code, name: code, country, isDisputed: false, box: [west, 0, west + 2, 2], points: [[west + 1, 1]],
});

describe("readIncidents", () => {
  it("never makes a point of what has none", () => {
    expect(read(told({}, null))[0]?.point).toBeNull();
    expect(read(told({}, [200, 0]))[0]?.point).toBeNull();
    expect(read(told({}, ["20", "42"]))[0]?.point).toBeNull();
    expect(readPosition(undefined)).toBeNull();
  });

  it("links only within the desk", () => {
    expect(ownAddress("/incidents/x")).toBe("/incidents/x");
    for (const outside of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", 3, null]) {
      expect(ownAddress(outside)).toBeNull();
    }
  });

  it("holds what is denied, planned or conditional as unrealised, hearsay as hedged", () => {
    const firmness = (properties: object): unknown => read(told({ ...properties }))[0]?.firmness;
    expect(firmness({})).toBe("reported");
    expect(firmness({ certainty: "hedged" })).toBe("hedged");
    expect(firmness({ state: "disputed" })).toBe("hedged");
    expect(firmness({ modality: "negated" })).toBe("unrealised");
    expect(firmness({ modality: "planned", certainty: "hedged" })).toBe("unrealised");
    expect(firmness({ state: "denied" })).toBe("unrealised");
  });

  it("refuses what is no answer of the map", () => {
    expect(() => readIncidents({ detail: "not found" })).toThrow(/no incidents/);
    const drawing = makeDrawing(told({}));
    expect(() => readIncidents({ ...drawing, places: [] })).toThrow(/no place or look/);
    expect(() => readIncidents({ ...drawing, incidents: ["x"] })).toThrow(/no place or look/);
    expect(() => readAreas({})).toThrow(/list of areas/);
  });
});

describe("spots", () => {
  it("puts incidents of one point together and shows their number and both families", () => {
    const spots = groupSpots(read(told({ origins: 1 }), told({ family: "cooperation", origins: 4 }), told({}, [20.3, 43]), told({}, null)));
    expect(spots.map((spot) => spot.incidents.length)).toEqual([2, 1]);
    const [both, single] = drawMarks(clusterSpots(spots, 15), spots).features;
    expect(both?.properties).toMatchObject({ family: "mixed", origins: 4, label: "2" });
    expect(single?.properties).toMatchObject({ family: "conflict", label: "" });
  });

  it("draws a spot as firm as its firmest incident", () => {
    const spots = groupSpots(read(told({ modality: "planned" }), told({ certainty: "hedged" })));
    expect(drawMarks(clusterSpots(spots, 3), spots).features[0]?.properties?.["firmness"]).toBe("hedged");
  });
});

describe("marks", () => {
  const near = (...clusters: (string | null)[]): ReturnType<typeof groupSpots> =>
    groupSpots(read(...clusters.map((cluster, i) => told({ cluster, spot: `s${i}` }, [20 + i / 1000, 43]))));
  const held = (marks: readonly Mark[]): number[][] => marks.map((mark) => [...mark.spots].sort()).sort();

  it("never merge across a boundary, however near two points lie", () => {
    const spots = near("XKX|admin1:XK.1", "SRB|admin1:RS.1", "XKX|admin1:XK.1", "XKX|admin1:XK.2");
    for (const zoom of [0, 3, 8]) expect(held(clusterSpots(spots, zoom))).toEqual([[0, 2], [1], [3]]);
  });

  it("stay apart at one and the same point of two countries", () => {
    const spots = groupSpots(read(told({ cluster: "XKX|", spot: "p|XKX" }), told({ cluster: "SRB|", spot: "p|SRB" })));
    expect(spots).toHaveLength(2);
    expect(clusterSpots(spots, 0)).toHaveLength(2);
  });

  it("are never made of what lies in no known country", () => {
    expect(held(clusterSpots(near(null, null), 0))).toEqual([[0], [1]]);
  });

  it("come apart as the reader zooms in, and hold every spot exactly once at each zoom", () => {
    let seed = 11;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const made = Array.from({ length: 120 }, (_, i) => told({ cluster: `C${i % 3}`, spot: `s${i}` }, [20 + random() * 2, 42 + random() * 2]));
    const spots = groupSpots(read(...made));
    let before = 0;
    for (const zoom of [0, 4, 6, 8, 12, 18]) {
      const marks = clusterSpots(spots, zoom);
      expect(marks.flatMap((mark) => mark.spots).sort((a, b) => a - b)).toEqual(spots.map((_, i) => i));
      expect(marks.length).toBeGreaterThanOrEqual(before);
      before = marks.length;
    }
    expect(clusterSpots(spots, 0)).toHaveLength(3);
    expect(REACH).toBeGreaterThan(0);
  });

  it("stand at the point of their largest place, never at a middle where nothing happened", () => {
    const spots = groupSpots(
      read(told({ cluster: "A", spot: "a" }, [20, 43]), told({ cluster: "A", spot: "b" }, [20.02, 43]), told({ cluster: "A", spot: "b" }, [20.02, 43])),
    );
    const [mark] = clusterSpots(spots, 4);
    expect(mark?.point).toEqual([20.02, 43]);
    expect(drawMarks([mark as Mark], spots).features[0]?.properties).toMatchObject({ label: "3", places: 2 });
  });
});

describe("areas", () => {
  const area = { id: "geo:1", name: "North", precision: "district", country: "AAA", count: 2, conflict: 2, cooperation: 0, url: "/x" };

  it("never shades a whole country for a district", () => {
    const { shaded, unshaped } = shadeAreas(readAreas([area]), [land("AAA", 0)], []);
    expect(shaded).toEqual([]);
    expect(unshaped.map((one) => one.name)).toEqual(["North"]);
  });

  it("shades a district whose own boundary is known", () => {
    const { shapes, labels } = shadeAreas(readAreas({ areas: [area] }), [land("AAA", 0)], [square("AAA", 5, { id: "geo:1", kind: "district" })]);
    expect(shapes.features).toHaveLength(1);
    expect(labels.features[0]?.geometry.coordinates).toEqual([6, 1]);
  });

  it("shades a country with all its parts, its own polygon first, and no district of it", () => {
    const country = { ...area, id: "AAA", precision: "country" };
    const part = land("AAA:part", 5, "AAA");
    const district = square("AAA", 9, { id: "geo:9", kind: "district" });
    const { shapes, countries, labels, boxes } = shadeAreas(readAreas([country]), [part, land("AAA", 0)], [district]);
    expect(shapes.features).toEqual([]);
    expect([...countries]).toEqual([["AAA", { index: 0, family: "conflict", count: 2 }]]);
    expect(labels.features[0]?.geometry.coordinates).toEqual([1, 1]);
    expect(boxes).toEqual([[0, 0, 7, 2]]);
  });

  it("shades an invented country by its own shape", () => {
    const country = { ...area, id: "ex-a", precision: "country", country: "XVA" };
    const island = square("XVA", 5, { id: "ex-other", kind: "country" });
    const { shapes, countries, labels } = shadeAreas(readAreas([country]), [land("AAA", 0)], [island]);
    expect([shapes.features.length, countries.size]).toEqual([1, 0]);
    expect(labels.features[0]?.geometry.coordinates).toEqual([6, 1]);
  });

  it("labels an area away from the marks that would cover its count", () => {
    const spots = groupSpots(read(told({}, [6, 1]), told({}, [5.8, 1])));
    const { labels } = shadeAreas(readAreas({ areas: [area] }), [], [square("AAA", 5, { id: "geo:1", kind: "district" })], spots);
    const [lon = 0, lat = 0] = labels.features[0]?.geometry.coordinates ?? [];
    expect(Math.hypot(lon - 6, lat - 1)).toBeGreaterThan(0.5);
    expect([lon > 5, lon < 7, lat > 0, lat < 2]).toEqual([true, true, true, true]);
    expect(labels.features[0]?.properties?.["label"]).toBe("North: 2");
  });

  it("names countries as the desk's policy does, and leaves their parts alone", () => {
    const named = nameCountries([land("TUR", 0), land("TUR:part", 5, "TUR")], readNames({ names: { TUR: "Türkiye", XXX: 3 } }));
    expect(named.map(({ name }) => name)).toEqual(["Türkiye", "TUR:part"]);
  });

  it("sorts an exercise's boundaries by what they are", () => {
    const line = { type: "Feature" as const, properties: { kind: "river" }, geometry: { type: "LineString" as const, coordinates: [[0, 0], [1, 1]] } };
    const sorted = sortBoundaries({ type: "FeatureCollection", features: [square("A", 0), line] });
    expect([sorted.shapes.length, sorted.lines.length, sorted.labels.length]).toEqual([1, 1, 0]);
  });
});

describe("view", () => {
  it("opens on the spots, else on the areas, else on the world", () => {
    const spots = groupSpots(read(told({}), told({}, [20.3, 43])));
    expect(chooseView(spots, [[0, 0, 50, 50]])).toEqual({ box: [20.3, 42.9, 20.84, 43], outside: 0 });
    expect(chooseView([], [[0, 0, 50, 50]])).toEqual({ box: [0, 0, 50, 50], outside: 0 });
    expect(chooseView([], [])).toEqual({ box: null, outside: 0 });
  });

  it("opens on the many where a few lie on another continent, and counts the few", () => {
    const many = Array.from({ length: 12 }, (_, i) => told({}, [20 + i / 10, 43]));
    const spots = groupSpots(read(...many, told({}, [-120, -40])));
    expect(chooseView(spots, [])).toEqual({ box: [20, 43, 21.1, 43], outside: 1 });
    const even = groupSpots(read(...many.slice(0, 2), told({}, [-120, -40]), told({}, [-121, -40])));
    expect(chooseView(even, []).outside).toBe(0);
    expect(summarise(read(...many), spots, [], [], 1)).toContain("13 incidents at 13 places, 1 of them far outside");
  });

  it("gives a single point some land around it, within the world", () => {
    expect(widenBox([10, 10, 10, 10], 2)).toEqual([9, 9, 11, 11]);
    expect(widenBox([179.9, 84.9, 179.9, 84.9], 2)).toEqual([178.9, 83.9, 180, 85]);
  });
});

describe("words", () => {
  const popupOf = (heading: string, incidents: Section["incidents"], area: Section["area"] = null): HTMLElement => renderSections([{ heading, incidents, area }]);
  const hostile = '<img src=x onerror="alert(1)">';

  it("shows outside words as text, never as markup", () => {
    const popup = popupOf(hostile, read(told({ title: hostile, place: hostile })));
    expect(popup.querySelector("img")).toBeNull();
    expect(popup.querySelector("h2")?.textContent).toBe(hostile);
    expect(popup.querySelector("a")?.textContent).toBe(hostile);
  });

  it("links to the incident by its id, whatever that holds, and not at all without one", () => {
    const href = (id: string): unknown => popupOf("x", read(told({ id }))).querySelector("a")?.getAttribute("href");
    expect(href("inc_1")).toBe("/incidents/inc_1");
    expect(href("/../../evil.example?x")).toBe("/incidents/%2F..%2F..%2Fevil.example%3Fx");
    expect(href("")).toBeUndefined();
  });

  it("says what must be known beside the title", () => {
    const [incident] = read(told({ certainty: "hedged", state: "disputed", is_exercise: true, date: null, origins: 2 }));
    expect(incident && describeIncident(incident)).toBe("ASSAULT · day not given · 2 origins · EXERCISE · disputed · hedged");
  });

  it("lists a bounded number in a popup and says how many are left", () => {
    const popup = popupOf("x", read(...Array.from({ length: 40 }, () => told({}))));
    expect(popup.querySelectorAll("li")).toHaveLength(25);
    expect(popup.textContent).toContain("and 15 more");
  });

  it("marks an invented area and lists what is known to lie in it", () => {
    const incidents = read(told({ area_id: "ex-a", title: "Blockade" }, null), told({ area_id: "ex-b" }, null));
    const [area] = readAreas({ areas: [{ id: "ex-a", name: "A", count: 1, is_exercise: true, url: "/incidents" }] }, incidents);
    const popup = popupOf("A", area?.incidents ?? [], area ?? null);
    expect(popup.textContent).toContain("EXERCISE · 1 incident placed no more precisely");
    expect([...popup.querySelectorAll("li a")].map((link) => link.textContent)).toEqual(["Blockade"]);
  });

  it("sums up what is drawn and names what is not", () => {
    const incidents = read(told({}), told({ area_id: "country:XKX" }, null), told({}, null));
    const spots = groupSpots(incidents);
    const areas = readAreas([{ id: "country:XKX", name: "Kosovo", count: 1 }], incidents);
    expect(summarise(incidents, spots, [], areas)).toBe(
      "1 incident at 1 place; 1 in areas without a boundary here, not drawn (Kosovo 1); 1 without a known place, not drawn.",
    );
    expect(summarise([], [], [], [])).toMatch(/^No incidents match/);
  });
});
