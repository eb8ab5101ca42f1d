/** Boundaries for the map, made from world-atlas (Natural Earth 1:50m) and `knowledge/disputed.toml`. */

import type { Feature, FeatureCollection, GeoJsonProperties, MultiPolygon as GeoMultiPolygon, Polygon as GeoPolygon, Position } from "geojson";
import countryCodes from "i18n-iso-countries";
import { mesh, meshArcs } from "topojson-client";
import type { GeometryCollection, GeometryObject, MultiPolygon, Polygon, Topology } from "topojson-specification";
import { isInside, splitByBox, type Box } from "../src/map/geometry.ts";
import type { DisputedArea, DisputedLine, DisputedTable } from "./disputed.ts";

/** Properties of a country polygon. `country` is where its incidents are counted; null: under no country. */
export interface CountryFields {
  readonly code: string;
  readonly name: string;
  readonly country: string | null;
  readonly isDisputed: boolean;
}

/** `codes` are those under which incidents of a country find a shape, in alphabetical order. */
export interface Boundaries {
  readonly countries: Topology;
  readonly lines: FeatureCollection;
  readonly codes: readonly string[];
}

/** A country as a polygon of positions. */
export type Outlined = Feature<GeoPolygon | GeoMultiPolygon, CountryFields>;

type Outline<P extends NonNullable<GeoJsonProperties>> = (Polygon<P> | MultiPolygon<P>) & { readonly properties: P };
type Shape = Outline<CountryFields>;

/** Natural Earth's polygons without an ISO number: its own code, and the ISO code whose incidents they hold. */
const WITHOUT_NUMBER: Readonly<Record<string, readonly [code: string, country: string | null]>> = {
  Kosovo: ["XKX", "XKX"],
  Somaliland: ["SOL", "SOM"],
  "N. Cyprus": ["CYN", "CYP"],
  "Siachen Glacier": ["KAS", null],
  "Indian Ocean Ter.": ["IOA", "AUS"],
};

/** Names that Natural Earth shortens, or that have changed since its edition. */
const NAMES: Readonly<Record<string, string>> = {
  MKD: "North Macedonia",
  BIH: "Bosnia and Herzegovina",
  ESH: "Western Sahara",
  COD: "DR Congo",
  CAF: "Central African Republic",
  SSD: "South Sudan",
  DOM: "Dominican Republic",
  GNQ: "Equatorial Guinea",
  SLB: "Solomon Islands",
  TUR: "Türkiye",
  SWZ: "Eswatini",
  CYN: "Northern Cyprus",
};

/** Decimals of a degree that are kept: 0.001 is about 100 m, finer than the 1:50m drawing itself. */
const DECIMALS = 3;

/** Makes both files; raises where a rule of the table meets nothing on the map. */
export function buildBoundaries(atlas: Topology, table: DisputedTable): Boundaries {
  const given = atlas.objects["countries"] as GeometryCollection;
  const shapes = given.geometries.map((shape) => nameShape(shape as Outline<{ name: string }>));
  const carved = table.areas.reduce((all, area) => carveArea(atlas, all, area), shapes);
  const countries: GeometryCollection = { type: "GeometryCollection", geometries: carved };
  // The coast shares its arcs with the polygons: as lines of positions it would double the file.
  const coast = meshArcs(atlas, countries, (a, b) => a === b);
  const codes = new Set(carved.map((shape) => shape.properties.country).filter((code) => code !== null));
  return { countries: { ...atlas, objects: { countries, coast } }, lines: buildLines(atlas, shapes, table.lines), codes: [...codes].sort() };
}

function nameShape(shape: Outline<{ name: string }>): Shape {
  const written = shape.properties.name;
  const iso = shape.id === undefined ? undefined : countryCodes.numericToAlpha3(String(shape.id));
  const [code, country] = iso ? [iso, iso] : (WITHOUT_NUMBER[written] ?? []);
  if (code === undefined) throw new Error(`world-atlas: ${JSON.stringify(written)}: has no code; add it to WITHOUT_NUMBER`);
  const isDisputed = !iso && code !== "XKX" && code !== "IOA";
  const isPart = code === "AUS" && written !== "Australia";
  const name = isPart ? written : (NAMES[code] ?? written);
  return { ...shape, id: code, properties: { code, name, country: country ?? null, isDisputed } };
}

/** Takes the polygons of a holder that lie in the area's box out of it, as a shape of their own. */
function carveArea(atlas: Topology, shapes: readonly Shape[], area: DisputedArea): Shape[] {
  const holder = shapes.find((shape) => shape.properties.code === area.heldBy);
  if (holder?.type !== "MultiPolygon") throw new Error(`disputed area: ${JSON.stringify(area.name)}: no polygons of ${area.heldBy}`);
  const liesInside = (polygon: number[][]): boolean => arcPositions(atlas, polygon[0] ?? []).every((at) => isInside(at, area.box));
  const taken = holder.arcs.filter(liesInside);
  if (taken.length === 0) throw new Error(`disputed area: ${JSON.stringify(area.name)}: no polygon of ${area.heldBy} lies in its box`);
  const rest = { ...holder, arcs: holder.arcs.filter((polygon) => !liesInside(polygon)) };
  const code = `${area.heldBy}:${area.name}`;
  const own = {
    type: "MultiPolygon" as const,
    arcs: taken,
    id: code,
    properties: { code, name: area.name, country: area.country, isDisputed: true },
  };
  return [...shapes.map((shape) => (shape === holder ? rest : shape)), own];
}

/** The positions of a ring of arcs; an arc index below zero means the arc ~index, reversed. */
function arcPositions(atlas: Topology, ring: readonly number[]): Position[] {
  return mesh(atlas, { type: "MultiLineString", arcs: [[...ring]] }).coordinates.flat();
}

function buildLines(atlas: Topology, shapes: readonly Shape[], rules: readonly DisputedLine[]): FeatureCollection {
  const countries: GeometryCollection = { type: "GeometryCollection", geometries: [...shapes] };
  const cut = (keep: (a: string, b: string) => boolean): Position[][] => {
    const filter = (a: GeometryObject, b: GeometryObject): boolean => keep(String(a.id), String(b.id));
    return mesh(atlas, countries, filter).coordinates;
  };
  const pairs = new Set(rules.map((rule) => pairName(...rule.between)));
  const features: Feature[] = [];
  const plain = cut((a, b) => a !== b && !pairs.has(pairName(a, b)));
  for (const pair of pairs) {
    let left = cut((a, b) => a !== b && pairName(a, b) === pair);
    for (const rule of rules.filter((one) => pairName(...one.between) === pair)) {
      const { inside, outside } = splitAll(left, rule.box);
      if (inside.length === 0) throw new Error(`disputed line: ${rule.between.join("-")}: no boundary there on the map (${rule.note})`);
      features.push(makeLine("disputed", inside, { between: rule.between.join("-"), note: rule.note }));
      left = outside;
    }
    plain.push(...left);
  }
  features.push(makeLine("plain", plain));
  return { type: "FeatureCollection", features };
}

function pairName(a: string, b: string): string {
  return [a, b].sort().join("-");
}

function splitAll(lines: readonly Position[][], box: Box | null): { inside: Position[][]; outside: Position[][] } {
  if (!box) return { inside: [...lines], outside: [] };
  const parts = lines.map((line) => splitByBox(line, box));
  return { inside: parts.flatMap((part) => part.inside), outside: parts.flatMap((part) => part.outside) };
}

function makeLine(kind: string, lines: readonly Position[][], more: Record<string, string> = {}): Feature {
  return {
    type: "Feature",
    geometry: { type: "MultiLineString", coordinates: lines.map(roundLine) },
    properties: { kind, ...more },
  };
}

/** Rounded positions, repeats left out. */
export function roundLine(line: readonly Position[]): Position[] {
  const rounded = line.map((at) => at.map((degree) => Number(degree.toFixed(DECIMALS))));
  return rounded.filter((at, i) => i === 0 || at[0] !== rounded[i - 1]?.[0] || at[1] !== rounded[i - 1]?.[1]);
}
