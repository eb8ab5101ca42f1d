/** What the map must know of each country before its shape is drawn. */

import type { Position } from "geojson";
import { boundPositions, labelPoints, largestRing } from "../src/map/geometry.ts";
import type { Country } from "../src/map/world.ts";
import type { Boundaries } from "./boundaries.ts";
import { drawCountries } from "./tiles.ts";

/** Decimals of a degree: a label is some fifty pixels wide. */
const DECIMALS = 2;

/** Every country and part of one that has a shape; raises where one has no extent. */
export function describeCountries(boundaries: Pick<Boundaries, "countries">): Country[] {
  return drawCountries(boundaries).map(({ geometry, properties }) => {
    const box = boundPositions(largestRing(geometry));
    if (!box) throw new Error(`boundaries: ${JSON.stringify(properties.code)}: has no extent`);
    const [west, south, east, north] = box;
    return { ...properties, box: [round(west), round(south), round(east), round(north)], points: labelPoints(geometry).map(roundPosition) };
  });
}

function roundPosition(at: Position): Position {
  return at.map(round);
}

function round(degree: number): number {
  return Number(degree.toFixed(DECIMALS));
}
