/** Marks: spots that would cover one another are drawn as one, but never across a boundary. */

import type { Feature, FeatureCollection, Point, Position } from "geojson";
import type { MapIncident, Spot } from "./incidents.ts";

/** One mark on the map: a spot, and those near it in the same division that would lie under it. */
export interface Mark {
  /** Where it stands: the point of its largest spot, never a middle where nothing happened. */
  readonly point: Position;
  /** Indices of its spots, the largest first. */
  readonly spots: readonly number[];
}

/** Pixels between two marks, centre to centre, below which they are drawn as one. */
export const REACH = 30;
const WORLD_PIXELS = 512;

/** Web Mercator pixels at a zoom level. */
export function projectPoint([lon = 0, lat = 0]: Position, zoom: number): readonly [number, number] {
  const world = WORLD_PIXELS * 2 ** zoom;
  const sine = Math.min(0.9999, Math.max(-0.9999, Math.sin((lat * Math.PI) / 180)));
  return [((lon + 180) / 360) * world, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world];
}

/**
 * Puts spots nearer than `REACH` pixels at this zoom into one mark. Only spots of the same country and division are
 * put together, however near two others lie; a spot whose division is not known always stands alone.
 */
export function clusterSpots(spots: readonly Spot[], zoom: number): Mark[] {
  const at = spots.map((spot) => projectPoint(spot.point, zoom));
  const bySize = spots.map((_, index) => index).sort((a, b) => sizeOf(spots, b) - sizeOf(spots, a) || a - b);
  const free = new Map<string, Set<number>>();
  for (const index of bySize) {
    const key = (spots[index] as Spot).cluster;
    if (key !== null) free.set(key, (free.get(key) ?? new Set()).add(index));
  }
  const marks: Mark[] = [];
  for (const index of bySize) {
    const spot = spots[index] as Spot;
    const near = spot.cluster === null ? null : (free.get(spot.cluster) as Set<number>);
    if (near && !near.has(index)) continue;
    const taken = near ? [...near].filter((other) => isNear(at[index] ?? [0, 0], at[other] ?? [0, 0])) : [index];
    for (const other of taken) near?.delete(other);
    marks.push({ point: spot.point, spots: taken });
  }
  return marks;
}

function sizeOf(spots: readonly Spot[], index: number): number {
  return spots[index]?.incidents.length ?? 0;
}

function isNear(one: readonly [number, number], other: readonly [number, number]): boolean {
  return Math.hypot(one[0] - other[0], one[1] - other[1]) < REACH;
}

/** Marks as the features that the circle layer draws; `index` leads back to the mark. */
export function drawMarks(marks: readonly Mark[], spots: readonly Spot[]): FeatureCollection<Point> {
  const features = marks.map((mark, index): Feature<Point> => {
    const incidents = mark.spots.flatMap((spot) => spots[spot]?.incidents ?? []);
    return {
      type: "Feature",
      geometry: { type: "Point", coordinates: mark.point },
      properties: { index, ...lookOf(incidents), places: mark.spots.length },
    };
  });
  return { type: "FeatureCollection", features };
}

function lookOf(incidents: readonly MapIncident[]): Record<string, unknown> {
  const conflict = incidents.filter((one) => one.family === "conflict").length;
  const firmest = (["reported", "hedged", "unrealised"] as const).find((firmness) =>
    incidents.some((one) => one.firmness === firmness),
  );
  return {
    family: conflict === 0 ? "cooperation" : conflict === incidents.length ? "conflict" : "mixed",
    firmness: firmest ?? "unrealised",
    origins: incidents.reduce((most, one) => Math.max(most, one.origins), 1),
    label: incidents.length > 1 ? String(incidents.length) : "",
  };
}
