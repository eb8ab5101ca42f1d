/** Boundaries with the counts of their areas: what is shaded, and what has no shape to shade. */

import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon, Position } from "geojson";
import { boundPositions, isInside, joinBoxes, labelPoint, labelPoints, largestRing, quietPoint, type Box } from "./geometry.ts";
import type { AreaCount, Spot } from "./incidents.ts";
import type { Country } from "./world.ts";

export type Shape = Feature<Polygon | MultiPolygon>;

/** How an area is shaded; `index` leads back to it in `shaded`. */
export interface Shade {
  readonly index: number;
  readonly family: "conflict" | "cooperation";
  readonly count: number;
}

/** What carries a count: the desk's own shapes, and countries by code; their labels; areas of which no shape is known. */
export interface ShadedAreas {
  readonly shapes: FeatureCollection<Polygon | MultiPolygon>;
  readonly countries: ReadonlyMap<string, Shade>;
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
  countries: readonly Country[],
  own: readonly Shape[],
  spots: readonly Spot[] = [],
): ShadedAreas {
  const shapes: Shape[] = [];
  const shades = new Map<string, Shade>();
  const labels: Feature<Point>[] = [];
  const shaded: AreaCount[] = [];
  const unshaped: AreaCount[] = [];
  const boxes: Box[] = [];
  const marked = spots.map((spot) => spot.point);
  for (const area of areas) {
    const drawn = findOwn(area, own);
    const code = drawn.byId ? null : countryOf(area);
    const parts = code === null ? [] : findParts(code, countries);
    if (drawn.shapes.length + parts.length === 0) {
      unshaped.push(area);
      continue;
    }
    const index = shaded.push(area) - 1;
    const family = area.conflict >= area.cooperation ? "conflict" : "cooperation";
    const shade = { index, family, count: area.count } as const;
    const label = `${area.name}: ${area.count}`;
    for (const shape of drawn.shapes) shapes.push({ ...shape, properties: { ...shade, label } });
    if (code !== null && parts.length > 0) shades.set(code, shade);
    const point = quietPoint(parts[0]?.points ?? labelPoints((drawn.shapes[0] as Shape).geometry), marked);
    if (point) labels.push({ type: "Feature", geometry: { type: "Point", coordinates: point }, properties: { ...shade, label } });
    const box = joinBoxes([...parts.map((part) => part.box), ...drawn.shapes.map(mainBox).filter((one) => one !== null)]);
    if (box) boxes.push(box);
  }
  return {
    shapes: { type: "FeatureCollection", features: shapes },
    countries: shades,
    labels: { type: "FeatureCollection", features: labels },
    shaded,
    unshaped,
    boxes,
  };
}

function countryOf(area: AreaCount): string | null {
  return area.precision === "country" ? (area.country ?? area.id) : null;
}

/** The desk's own shapes of an area: those of its id, else, for a country, those drawn for its code. */
function findOwn(area: AreaCount, own: readonly Shape[]): { readonly shapes: Shape[]; readonly byId: boolean } {
  const shapes = own.filter((shape) => shape.id === area.id || shape.properties?.["id"] === area.id);
  if (shapes.length > 0) return { shapes, byId: true };
  const code = countryOf(area);
  const whole = own.filter((shape) => shape.properties?.["kind"] === "country" && shape.properties["country"] === code);
  return { shapes: code === null ? [] : whole, byId: false };
}

/** A country and its parts; its own polygon first, so that its label and not an exclave's carries the count. */
function findParts(code: string, countries: readonly Country[]): Country[] {
  const found = countries.filter((one) => one.country === code);
  return found.sort((a, b) => Number(b.code === code) - Number(a.code === code));
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
  const afar = new Map(spots.map((spot) => [spot, distance(spot.point, centre)]));
  const nearest = [...spots].sort((a, b) => (afar.get(a) ?? 0) - (afar.get(b) ?? 0));
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

/** The median of all incidents, each at its spot: some hundred spots are sorted, not ten thousand incidents. */
function medianOf(spots: readonly Spot[], axis: 0 | 1): number {
  const along = [...spots].sort((a, b) => (a.point[axis] ?? 0) - (b.point[axis] ?? 0));
  let left = Math.floor(spots.reduce((sum, spot) => sum + spot.incidents.length, 0) / 2);
  const middle = along.find((spot) => (left -= spot.incidents.length) < 0);
  return middle?.point[axis] ?? 0;
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

/** A name on the map. Big ones are named first when it is far out; the collision test of the layer does the rest. */
function makeName(name: string, at: Position, box: Box | null): Feature<Point> {
  const rank = box ? -(box[2] - box[0]) * (box[3] - box[1]) : 0;
  return { type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { name, rank } };
}

/** Names of countries as label points. */
export function labelCountries(countries: readonly Country[]): Feature<Point>[] {
  return countries.flatMap(({ name, points: [at], box, isDisputed }) => (at && !isDisputed ? [makeName(name, at, box)] : []));
}

/** Names of the desk's own shapes as label points. */
export function labelShapes(shapes: readonly Shape[]): Feature<Point>[] {
  return shapes.flatMap((shape) => {
    const name: unknown = shape.properties?.["name"];
    const at = labelPoint(shape.geometry);
    return typeof name === "string" && at && shape.properties?.["isDisputed"] !== true ? [makeName(name, at, mainBox(shape))] : [];
  });
}
