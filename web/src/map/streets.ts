/** The operator's own street map: one PMTiles file on this desk, drawn under everything that the desk says. */

import type { ExpressionSpecification, FilterSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import { say } from "../words.ts";
import { ownAddress } from "./incidents.ts";
import type { Palette } from "./style.ts";

/** What the desk says of the file; `problem` stands in its place where it cannot be drawn. */
export interface Streets {
  readonly address: string;
  readonly kind: "vector" | "raster";
  readonly least: number;
  readonly most: number;
  readonly bounds: [number, number, number, number];
  readonly attribution: string | null;
  readonly layers: readonly string[];
}

export type StreetsAnswer = { readonly streets: Streets | null; readonly problem: string | null };

/** The desk's answer, checked; a street map that cannot be drawn never keeps the incidents from being drawn. */
export function readStreets(answer: unknown): StreetsAnswer {
  const given = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  if (given["state"] === "none") return { streets: null, problem: null };
  const address = ownAddress(given["address"]);
  const bounds = given["bounds"];
  const { kind, least, most, attribution, layers, problem } = given;
  const isWhole =
    address !== null &&
    (kind === "vector" || kind === "raster") &&
    typeof least === "number" &&
    typeof most === "number" &&
    Array.isArray(bounds) &&
    bounds.length === 4;
  if (!isWhole) return { streets: null, problem: typeof problem === "string" ? problem : "the desk's answer about it is not whole" };
  return {
    problem: null,
    streets: {
      address,
      kind,
      least,
      most,
      bounds: bounds as [number, number, number, number],
      attribution: typeof attribution === "string" ? attribution : null,
      layers: Array.isArray(layers) ? layers.filter((name) => typeof name === "string") : [],
    },
  };
}

export const STREETS = "streets";

/** The map library writes an attribution as markup: what a file says goes in as text. */
export function escapeText(text: string): string {
  const box = document.createElement("span");
  box.textContent = text;
  return box.innerHTML;
}

/** Whom the street map is by. */
export function creditOf(streets: Streets): string {
  return streets.attribution ?? say("uncredited");
}

export function makeStreetsSource(streets: Streets): SourceSpecification {
  const file = new URL(streets.address, document.baseURI).href;
  return {
    type: streets.kind,
    tiles: [`pmtiles://${file}/{z}/{x}/{y}`],
    minzoom: streets.least,
    maxzoom: streets.most,
    bounds: streets.bounds,
    attribution: `Streets: ${escapeText(creditOf(streets))}`,
    ...(streets.kind === "raster" ? { tileSize: 256 } : {}),
  } as SourceSpecification;
}

/** Names of layers and classes in the three common schemas of street maps: Protomaps, OpenMapTiles and Shortbread. */
const WATER = ["water", "water_polygons", "ocean"];
const RIVERS = ["waterway", "water_lines"];
const GREEN = ["landcover", "park"];
const BUILDINGS = ["buildings", "building"];
const ROADS = ["roads", "transportation", "streets"];
const ROAD_NAMES = ["roads", "transportation_name", "street_labels"];
const KNOWN = new Set([...WATER, ...RIVERS, ...GREEN, ...BUILDINGS, ...ROADS, ...ROAD_NAMES]);
/** Never drawn: boundaries are the desk's own, disputed ones dashed, and names of places follow its naming policy. */
const NEVER = /bound|admin|place|country|state|poi|label|earth|land|site|housenum|address|pier|dam|aero/i;
const GREAT = ["highway", "motorway", "trunk", "major_road", "primary"];
const MIDDLE = [...GREAT, "secondary", "medium_road", "tertiary"];
const NOT_ROADS = ["ferry", "rail", "other", "aeroway"];

/** The layers between the ground and the areas; empty without a street map. */
export function streetLayers(streets: Streets | null, p: Palette, fonts: readonly string[]): LayerSpecification[] {
  if (!streets) return [];
  if (streets.kind === "raster") return [{ id: "streets-image", type: "raster", source: STREETS, paint: { "raster-opacity": 0.85 } }];
  const held = (names: readonly string[]): string[] => streets.layers.filter((name) => names.includes(name));
  const lines = streets.layers.some((name) => KNOWN.has(name)) ? [] : streets.layers.filter((name) => !NEVER.test(name));
  return [
    ...held(WATER).map((name) => fillLayer(name, p.sea)),
    ...held(BUILDINGS).map((name) => ({ ...fillLayer(name, p.line, 0.25), minzoom: 13 })),
    ...held(RIVERS).map((name) => lineLayer(name, p.sea, 1.2)),
    ...held(ROADS).flatMap((name) => roadLayers(name, p)),
    ...lines.map((name) => lineLayer(name, p.line, 0.8)),
    ...held(ROAD_NAMES).map((name) => roadNames(name, p, fonts)),
  ];
}

function fillLayer(name: string, colour: string, opacity = 1): LayerSpecification {
  const isArea: FilterSpecification = ["==", ["geometry-type"], "Polygon"];
  return {
    id: `streets-${name}`,
    type: "fill",
    source: STREETS,
    "source-layer": name,
    filter: isArea,
    paint: { "fill-color": colour, "fill-opacity": opacity },
  };
}

function lineLayer(name: string, colour: string, width: number): LayerSpecification {
  return {
    id: `streets-${name}`,
    type: "line",
    source: STREETS,
    "source-layer": name,
    paint: { "line-color": colour, "line-width": width },
  };
}

/** A road's class stands under another name in each schema. */
const CLASS: ExpressionSpecification = ["coalesce", ["get", "kind"], ["get", "class"], ["get", "pmap:kind"], ""];

function roadLayers(name: string, p: Palette): LayerSpecification[] {
  const isRoad: ExpressionSpecification = ["!", ["in", CLASS, ["literal", NOT_ROADS]]];
  const scale = (at8: number, at15: number): ExpressionSpecification => ["interpolate", ["exponential", 1.5], ["zoom"], 8, at8, 15, at15];
  const width: ExpressionSpecification = [
    "interpolate",
    ["exponential", 1.5],
    ["zoom"],
    8,
    ["match", CLASS, GREAT, 0.9, 0.3],
    15,
    ["match", CLASS, GREAT, 7, MIDDLE.slice(GREAT.length), 5, 3],
  ];
  const road = { type: "line", source: STREETS, "source-layer": name, filter: isRoad, layout: { "line-cap": "round", "line-join": "round" } } as const;
  return [
    { ...road, id: `streets-${name}-edge`, minzoom: 11, paint: { "line-color": p.roadEdge, "line-width": scale(1, 5), "line-gap-width": 0 } },
    { ...road, id: `streets-${name}`, paint: { "line-color": p.road, "line-width": width } },
  ];
}

function roadNames(name: string, p: Palette, fonts: readonly string[]): LayerSpecification {
  return {
    id: `streets-${name}-names`,
    type: "symbol",
    source: STREETS,
    "source-layer": name,
    minzoom: 13,
    layout: {
      "symbol-placement": "line",
      "text-field": ["coalesce", ["get", "name"], ""],
      "text-font": [...fonts],
      "text-size": 11,
    },
    paint: { "text-color": p.label, "text-halo-color": p.halo, "text-halo-width": 1.2 },
  };
}
