/** Plane geometry on longitude and latitude, as far as a small map needs it. Positions are [lon, lat] in degrees. */

import type { MultiPolygon, Polygon, Position } from "geojson";

/** west, south, east, north */
export type Box = readonly [number, number, number, number];

/** Whether a position lies in a box, its edges included. */
export function isInside([lon, lat]: Position, [west, south, east, north]: Box): boolean {
  return lon !== undefined && lat !== undefined && lon >= west && lon <= east && lat >= south && lat <= north;
}

/**
 * Cuts a line into the stretches inside and outside a box. A segment belongs where its midpoint lies, and neighbouring
 * stretches share their end, so that nothing is lost between them.
 */
export function splitByBox(line: readonly Position[], box: Box): { inside: Position[][]; outside: Position[][] } {
  const parts: { inside: Position[][]; outside: Position[][] } = { inside: [], outside: [] };
  let stretch: Position[] = [];
  let wasInside: boolean | null = null;
  for (let i = 1; i < line.length; i++) {
    const from = line[i - 1] as Position;
    const to = line[i] as Position;
    const inside = isInside([((from[0] ?? 0) + (to[0] ?? 0)) / 2, ((from[1] ?? 0) + (to[1] ?? 0)) / 2], box);
    if (inside !== wasInside) {
      stretch = [from];
      (inside ? parts.inside : parts.outside).push(stretch);
      wasInside = inside;
    }
    stretch.push(to);
  }
  return parts;
}

/** The box around positions, or null where there are none. */
export function boundPositions(positions: Iterable<Position>): Box | null {
  let west = Infinity;
  let south = Infinity;
  let east = -Infinity;
  let north = -Infinity;
  for (const [lon, lat] of positions) {
    if (lon === undefined || lat === undefined) continue;
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  return west === Infinity ? null : [west, south, east, north];
}

/** The smallest box around boxes, or null where there are none. */
export function joinBoxes(boxes: Iterable<Box>): Box | null {
  const corners: Position[] = [];
  for (const [west, south, east, north] of boxes) corners.push([west, south], [east, north]);
  return boundPositions(corners);
}

/** The outer rings of a polygon or of each part of a multipolygon. */
export function outerRings(shape: Polygon | MultiPolygon): Position[][] {
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  return polygons.map((rings) => rings[0] ?? []);
}

/** Twice the signed area of a ring, in square degrees. */
function doubleArea(ring: readonly Position[]): number {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [x0 = 0, y0 = 0] = ring[i - 1] ?? [];
    const [x1 = 0, y1 = 0] = ring[i] ?? [];
    sum += x0 * y1 - x1 * y0;
  }
  return sum;
}

/** The largest outer ring of a shape: the part of a country that a label belongs on. */
export function largestRing(shape: Polygon | MultiPolygon): Position[] {
  let best: Position[] = [];
  let bestArea = -1;
  for (const ring of outerRings(shape)) {
    // Degrees of longitude shrink with the cosine of latitude; without it Arctic islands would win.
    const area = Math.abs(doubleArea(ring)) * Math.cos(((ring[0]?.[1] ?? 0) * Math.PI) / 180);
    if (area > bestArea) [best, bestArea] = [ring, area];
  }
  return best;
}

/**
 * A point within the largest part of a shape, for a label only: never the place of an incident. The widest stretch of
 * the ring along the latitude of its centre of mass, in its middle, so that it falls inside crescents too.
 */
export function labelPoint(shape: Polygon | MultiPolygon): Position | null {
  const ring = largestRing(shape);
  const area = doubleArea(ring);
  if (ring.length < 4 || area === 0) return null;
  let latSum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [x0 = 0, y0 = 0] = ring[i - 1] ?? [];
    const [x1 = 0, y1 = 0] = ring[i] ?? [];
    latSum += (y0 + y1) * (x0 * y1 - x1 * y0);
  }
  const lat = latSum / (3 * area);
  const crossings = crossingsAt(ring, lat);
  let widest: readonly [number, number] | null = null;
  for (let i = 1; i < crossings.length; i += 2) {
    const pair = [crossings[i - 1] as number, crossings[i] as number] as const;
    if (widest === null || pair[1] - pair[0] > widest[1] - widest[0]) widest = pair;
  }
  return widest && [(widest[0] + widest[1]) / 2, lat];
}

/** Latitudes and places along each that are tried for a label, as parts of the whole. */
const TRIED = [0.2, 0.35, 0.5, 0.65, 0.8];

/** Points within the largest part of a shape where its label may stand: the best first, then others to give way to. */
export function labelPoints(shape: Polygon | MultiPolygon): Position[] {
  const middle = labelPoint(shape);
  const ring = largestRing(shape);
  const box = boundPositions(ring);
  if (!middle || !box) return [];
  const points = [middle];
  for (const up of TRIED) {
    const lat = box[1] + up * (box[3] - box[1]);
    const crossings = crossingsAt(ring, lat);
    for (let i = 1; i < crossings.length; i += 2) {
      const [west, east] = [crossings[i - 1] as number, crossings[i] as number];
      if (east - west > (box[2] - box[0]) / 3) for (const along of TRIED.slice(1, -1)) points.push([west + along * (east - west), lat]);
    }
  }
  return points;
}

/** The one of these points that is farthest from `others`, which marks cover: the first of them where there are none. */
export function quietPoint(points: readonly Position[], others: readonly Position[]): Position | null {
  if (others.length === 0) return points[0] ?? null;
  let best: Position | null = null;
  let most = -1;
  for (const at of points) {
    const room = others.reduce((least, other) => Math.min(least, Math.hypot((other[0] ?? 0) - (at[0] ?? 0), (other[1] ?? 0) - (at[1] ?? 0))), Infinity);
    if (room > most) [best, most] = [at, room];
  }
  return best;
}

/** The longitudes at which a ring crosses a latitude, in ascending order. */
function crossingsAt(ring: readonly Position[], lat: number): number[] {
  const found: number[] = [];
  for (let i = 1; i < ring.length; i++) {
    const [x0 = 0, y0 = 0] = ring[i - 1] ?? [];
    const [x1 = 0, y1 = 0] = ring[i] ?? [];
    if (y0 > lat !== y1 > lat) found.push(x0 + ((lat - y0) / (y1 - y0)) * (x1 - x0));
  }
  return found.sort((a, b) => a - b);
}

/**
 * Splits a line where it jumps over the 180th meridian, and leaves out what runs along that meridian or the pole:
 * there polygons are cut and no coast is.
 */
export function dropSeams(line: readonly Position[]): Position[][] {
  const isSeam = ([lon = 0, lat = 0]: Position): boolean => Math.abs(lon) > 179.98 || lat < -89.9;
  const stretches: Position[][] = [];
  let stretch: Position[] = [];
  for (const at of line) {
    const before = stretch.at(-1);
    if (isSeam(at) || (before && jumps(before, at))) {
      stretches.push(stretch);
      stretch = [];
    }
    if (!isSeam(at)) stretch.push(at);
  }
  return [...stretches, stretch].filter((one) => one.length > 1);
}

function jumps([from = 0]: Position, [to = 0]: Position): boolean {
  return Math.abs(to - from) > 180;
}

/** The southernmost latitude that a Web Mercator map shows. */
const MAP_BOTTOM = -85.06;

/**
 * Cuts a shape at the 180th meridian. The atlas joins polygons across it, as on a globe; on a flat map such a ring
 * would run back over the whole world. Shapes that stay on one side come back unchanged.
 */
export function cutAtMeridian<S extends Polygon | MultiPolygon>(shape: S): S | MultiPolygon {
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  const isWhole = polygons.every((rings) => rings.every((ring) => !ring.some((at, i) => i > 0 && jumps(ring[i - 1] ?? at, at))));
  if (isWhole) return shape;
  return { type: "MultiPolygon", coordinates: polygons.flatMap(cutPolygon) };
}

function cutPolygon(rings: Position[][]): Position[][][] {
  const unwound = rings.map(unwindRing);
  return [-360, 0, 360].flatMap((shift) => {
    const parts = unwound.map((ring) => clipToWorld(ring.map(([lon = 0, lat = 0]) => [lon + shift, lat])));
    const [outer, ...holes] = parts;
    return outer && outer.length > 3 ? [[outer, ...holes.filter((hole) => hole.length > 3)]] : [];
  });
}

/** Longitudes made continuous, beyond 180 where need be; a ring around the pole is closed along the map's bottom. */
function unwindRing(ring: readonly Position[]): Position[] {
  const unwound: Position[] = [];
  let turn = 0;
  ring.forEach((at, i) => {
    const before = ring[i - 1];
    if (before && jumps(before, at)) turn += (at[0] ?? 0) < (before[0] ?? 0) ? 360 : -360;
    unwound.push([(at[0] ?? 0) + turn, at[1] ?? 0]);
  });
  if (turn !== 0) {
    const [first, last] = [unwound[0] as Position, unwound.at(-1) as Position];
    unwound.push([last[0] as number, MAP_BOTTOM], [first[0] as number, MAP_BOTTOM], first);
  }
  return unwound;
}

/** The part of a ring between 180 west and 180 east, closed; empty where there is none (Sutherland and Hodgman). */
function clipToWorld(ring: readonly Position[]): Position[] {
  const eastOf = clipHalf(ring, -180, 1);
  return clipHalf(eastOf, 180, -1);
}

function clipHalf(ring: readonly Position[], edge: number, side: 1 | -1): Position[] {
  const isIn = ([lon = 0]: Position): boolean => side * (lon - edge) >= 0;
  const kept: Position[] = [];
  for (let i = 1; i < ring.length; i++) {
    const from = ring[i - 1] as Position;
    const to = ring[i] as Position;
    if (isIn(from) !== isIn(to)) {
      const part = (edge - (from[0] ?? 0)) / ((to[0] ?? 0) - (from[0] ?? 0));
      kept.push([edge, (from[1] ?? 0) + part * ((to[1] ?? 0) - (from[1] ?? 0))]);
    }
    if (isIn(to)) kept.push(to);
  }
  return kept.length > 2 ? [...kept, kept[0] as Position] : [];
}
