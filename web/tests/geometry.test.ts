import { describe, expect, it } from "vitest";
import { boundPositions, cutAtMeridian, dropSeams, isInside, joinBoxes, labelPoint, largestRing, splitByBox, type Box } from "../src/map/geometry.ts";

const BOX: Box = [0, 0, 10, 10];

describe("splitByBox", () => {
  it("cuts where the line crosses, and loses no point between the stretches", () => {
    const line = [[-4, 5], [-2, 5], [4, 5], [8, 5], [14, 5], [20, 5]];
    const { inside, outside } = splitByBox(line, BOX);
    expect(inside).toEqual([[[-2, 5], [4, 5], [8, 5]]]);
    expect(outside).toEqual([[[-4, 5], [-2, 5]], [[8, 5], [14, 5], [20, 5]]]);
  });

  it("keeps every segment exactly once, whatever the line", () => {
    let seed = 7;
    const random = (): number => ((seed = (seed * 48271) % 2147483647) / 2147483647) * 30 - 10;
    for (let round = 0; round < 200; round++) {
      const line = Array.from({ length: 2 + (round % 9) }, () => [random(), random()]);
      const { inside, outside } = splitByBox(line, BOX);
      const segments = [...inside, ...outside].flatMap((part) => part.slice(1).map((to, i) => JSON.stringify([part[i], to])));
      const wanted = line.slice(1).map((to, i) => JSON.stringify([line[i], to]));
      expect(segments.sort()).toEqual(wanted.sort());
    }
  });

  it("makes nothing of a single point", () => {
    expect(splitByBox([[1, 1]], BOX)).toEqual({ inside: [], outside: [] });
  });
});

describe("boxes", () => {
  it("bounds positions, and is null for none", () => {
    expect(boundPositions([[20.8, 42.9], [20.4, 44.8]])).toEqual([20.4, 42.9, 20.8, 44.8]);
    expect(boundPositions([])).toBeNull();
    expect(joinBoxes([[0, 0, 1, 1], [4, -3, 5, 0]])).toEqual([0, -3, 5, 1]);
  });
});

describe("labelPoint", () => {
  it("lies inside a crescent, whose centre of mass does not", () => {
    const crescent = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 8], [8, 8], [8, 2], [0, 2], [0, 0]];
    const [lon, lat] = labelPoint({ type: "Polygon", coordinates: [crescent] }) ?? [];
    expect(lat).toBeCloseTo(5);
    expect(lon).toBeGreaterThan(8);
    expect(lon).toBeLessThan(10);
  });

  it("takes the largest part by true size, not by degrees", () => {
    const arctic = [[0, 80], [12, 80], [12, 90], [0, 90], [0, 80]];
    const tropical = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]];
    expect(largestRing({ type: "MultiPolygon", coordinates: [[arctic], [tropical]] })).toBe(tropical);
  });

  it("is null for a shape without area", () => {
    expect(labelPoint({ type: "Polygon", coordinates: [[[1, 1], [1, 1], [1, 1], [1, 1]]] })).toBeNull();
  });
});

it("dropSeams leaves out the edge of the world and keeps the coasts on both sides", () => {
  const line = [[178, 60], [179, 61], [180, 61], [180, 62], [179, 63], [178, 63]];
  expect(dropSeams(line)).toEqual([[[178, 60], [179, 61]], [[179, 63], [178, 63]]]);
  expect(dropSeams([[178, 60], [179, 61], [-179, 61], [-178, 60]])).toEqual([[[178, 60], [179, 61]], [[-179, 61], [-178, 60]]]);
  expect(isInside([180, 61], [170, 60, 180, 62])).toBe(true);
});

describe("cutAtMeridian", () => {
  const widest = (ring: number[][]): number => Math.max(...ring.slice(1).map((at, i) => Math.abs((at[0] ?? 0) - (ring[i]?.[0] ?? 0))));
  const area = (ring: number[][]): number =>
    Math.abs(ring.slice(1).reduce((sum, [x1 = 0, y1 = 0], i) => sum + (ring[i]?.[0] ?? 0) * y1 - x1 * (ring[i]?.[1] ?? 0), 0)) / 2;

  it("leaves a shape on one side as it is", () => {
    const shape = { type: "Polygon" as const, coordinates: [[[0, 0], [9, 0], [9, 9], [0, 0]]] };
    expect(cutAtMeridian(shape)).toBe(shape);
  });

  it("cuts a shape across the meridian into its two parts, none of it lost", () => {
    const ring = [[170, 60], [-170, 60], [-170, 70], [170, 70], [170, 60]];
    const cut = cutAtMeridian({ type: "Polygon", coordinates: [ring] });
    const rings = (cut.coordinates as number[][][][]).map((polygon) => polygon[0] ?? []);
    expect(rings).toHaveLength(2);
    for (const part of rings) {
      expect(widest(part)).toBeLessThanOrEqual(10);
      expect(part.at(0)).toEqual(part.at(-1));
    }
    expect(rings.map(area).reduce((a, b) => a + b)).toBeCloseTo(200);
  });

  it("closes a ring around the pole along the bottom of the map", () => {
    const ring = [-150, -50, 50, 150, -150].map((lon) => [lon, -70]);
    const cut = cutAtMeridian({ type: "Polygon", coordinates: [ring] });
    const rings = (cut.coordinates as number[][][][]).map((polygon) => polygon[0] ?? []);
    expect(rings.map(area).reduce((a, b) => a + b)).toBeCloseTo(360 * (85.06 - 70), 0);
  });
});
