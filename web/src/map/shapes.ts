/** Boundaries with the counts of their areas: what is shaded, and what has no shape to shade. */

import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon, Position } from "geojson";
import { boundPositions, isInside, joinBoxes, labelPoint, largestRing, quietPoint, type Box } from "./geometry.ts";
import type { AreaCount, Spot } from "./incidents.ts";

export type Shape = Feature<Polygon | MultiPolygon>;

/** Shapes that carry a count, the labels for them, and the areas for which no shape is known. */
export interface ShadedAreas {
  readonly shapes: FeatureCollection<Polygon | MultiPolygon>;
  readonly labels: FeatureCollection<Point>;
  readonly shaded: readonly AreaCount[];
  readonly unshaped: readonly AreaCount[];
  readonly boxes: readonly Box[];
}

/** Splits an exercise's own boundaries into polygons, lines and label points. */
export function sortBoundaries(collection: FeatureCollection): {
  shapes: Shape[];
  lines: Feature[];
  labels: Feature<Point>[];
} {
  const shapes: Shape[] = [];
  const lines: Feature[] = [];
  const labels: Feature<Point>[] = [];
  for (const feature of collection.features) {
    const kind = feature.geometry?.type;
    if (kind === "Polygon" || kind === "MultiPolygon") shapes.push(feature as Shape);
    else if (kind === "LineString" || kind === "MultiLineString") lines.push(feature);
    else if (kind === "Point") labels.push(feature as Feature<Point>);
  }
  return { shapes, lines, labels };
}

/**
 * Finds the shape of each counted area: by gazetteer id first, then, for whole countries only, by country code. An
 * area below a country is never drawn as the whole country.
 */
export function shadeAreas(
  areas: readonly AreaCount[],
  countries: readonly Shape[],
  own: readonly Shape[],
  spots: readonly Spot[] = [],
): ShadedAreas {
  const shapes: Shape[] = [];
  const labels: Feature<Point>[] = [];
  const shaded: AreaCount[] = [];
  const unshaped: AreaCount[] = [];
  const boxes: Box[] = [];
  for (const area of areas) {
    const found = findShapes(area, countries, own);
    if (found.length === 0) {
      unshaped.push(area);
      continue;
    }
    const index = shaded.push(area) - 1;
    const family = area.conflict >= area.cooperation ? "conflict" : "cooperation";
    const properties = { index, family, count: area.count, label: `${area.name}: ${area.count}` };
    for (const shape of found) shapes.push({ ...shape, properties });
    const point = quietPoint((found[0] as Shape).geometry, spots.map((spot) => spot.point));
    if (point) labels.push({ type: "Feature", geometry: { type: "Point", coordinates: point }, properties });
    const box = joinBoxes(found.map(mainBox).filter((one) => one !== null));
    if (box) boxes.push(box);
  }
  return {
    shapes: { type: "FeatureCollection", features: shapes },
    labels: { type: "FeatureCollection", features: labels },
    shaded,
    unshaped,
    boxes,
  };
}

function findShapes(area: AreaCount, countries: readonly Shape[], own: readonly Shape[]): Shape[] {
  const byId = own.filter((shape) => shape.id === area.id || shape.properties?.["id"] === area.id);
  if (byId.length > 0) return byId;
  if (area.precision !== "country") return [];
  const code = area.country ?? area.id;
  const whole = own.filter((shape) => shape.properties?.["kind"] === "country");
  const found = [...countries, ...whole].filter((shape) => shape.properties?.["country"] === code);
  // The country's own polygon first, so that its label and not an exclave's carries the count.
  return found.sort((a, b) => Number(b.properties?.["code"] === code) - Number(a.properties?.["code"] === code));
}

function mainBox(shape: Shape): Box | null {
  return boundPositions(largestRing(shape.geometry));
}

/** What the map opens on, and how many incidents lie outside of it. A null box is the whole world. */
export interface View {
  readonly box: Box | null;
  readonly outside: number;
}

/** The part of the incidents that the first view must hold, and how much smaller than the whole it must be to be taken. */
const CORE_SHARE = 0.9;
const CORE_SPAN = 1 / 6;

/**
 * Opens on the spots, else on the shaded areas. Where nearly all incidents lie close together and a few far away, it
 * opens on the many: one stray incident on another continent must not make dots of all others. The few stay on the
 * map, in the list, and are counted in `outside`.
 */
export function chooseView(spots: readonly Spot[], areaBoxes: readonly Box[]): View {
  const whole = boundPositions(spots.map((spot) => spot.point));
  if (!whole) return { box: joinBoxes(areaBoxes), outside: 0 };
  const total = spots.reduce((sum, spot) => sum + spot.incidents.length, 0);
  const centre = [medianOf(spots, 0), medianOf(spots, 1)];
  const nearest = [...spots].sort((a, b) => distance(a.point, centre) - distance(b.point, centre));
  let held = 0;
  const core = nearest.filter((spot) => {
    const isNeeded = held < total * CORE_SHARE;
    if (isNeeded) held += spot.incidents.length;
    return isNeeded;
  });
  const box = boundPositions(core.map((spot) => spot.point));
  if (!box || span(box) > span(whole) * CORE_SPAN) return { box: whole, outside: 0 };
  const seen = widenBox(box, span(box));
  const outside = spots.filter((spot) => !isInside(spot.point, seen)).reduce((sum, spot) => sum + spot.incidents.length, 0);
  return { box: boundPositions(spots.map((spot) => spot.point).filter((at) => isInside(at, seen))), outside };
}

function medianOf(spots: readonly Spot[], axis: 0 | 1): number {
  const values = spots.flatMap((spot) => spot.incidents.map(() => spot.point[axis] ?? 0)).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? 0;
}

function distance([x0 = 0, y0 = 0]: Position, [x1 = 0, y1 = 0]: Position): number {
  return Math.hypot(x1 - x0, y1 - y0);
}

function span([west, south, east, north]: Box): number {
  return Math.max(east - west, north - south);
}

/** A box with room around it, at least `least` degrees high and wide, within what Web Mercator shows. */
export function widenBox([west, south, east, north]: Box, least: number): Box {
  const padLon = Math.max(0, (least - (east - west)) / 2);
  const padLat = Math.max(0, (least - (north - south)) / 2);
  return [
    Math.max(-180, west - padLon),
    Math.max(-85, south - padLat),
    Math.min(180, east + padLon),
    Math.min(85, north + padLat),
  ];
}

/** Names of countries as label points. */
export function labelCountries(countries: readonly Shape[]): FeatureCollection<Point> {
  const features: Feature<Point>[] = [];
  for (const shape of countries) {
    const name: unknown = shape.properties?.["name"];
    const point = labelPoint(shape.geometry);
    if (typeof name !== "string" || !point || shape.properties?.["isDisputed"] === true) continue;
    const box = mainBox(shape);
    // Big countries are named first when the map is far out; the collision test of the layer does the rest.
    const rank = box ? -(box[2] - box[0]) * (box[3] - box[1]) : 0;
    features.push({ type: "Feature", geometry: { type: "Point", coordinates: point }, properties: { name, rank } });
  }
  return { type: "FeatureCollection", features };
}
