/** The look of the map, made in code: no style file, no glyphs, no sprites, nothing fetched. */

import type { FeatureCollection } from "geojson";
import type { Shade } from "./shapes.ts";
import { makeStreetsSource, STREETS, streetLayers, type Streets } from "./streets.ts";
import { makeWorldSource, WORLD } from "./world.ts";
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";

/** Colours of one theme. Conflict and cooperation are Okabe and Ito's vermilion and blue: told apart by colour-blind eyes. */
export interface Palette {
  readonly sea: string;
  readonly land: string;
  readonly coast: string;
  readonly line: string;
  readonly disputed: string;
  readonly label: string;
  readonly halo: string;
  readonly conflict: string;
  readonly cooperation: string;
  readonly ring: string;
  readonly onMark: string;
  readonly road: string;
  readonly roadEdge: string;
}

export const LIGHT: Palette = {
  sea: "#dfe7ec",
  land: "#f7f6f2",
  coast: "#a9b7c0",
  line: "#9b9a94",
  disputed: "#6f6a60",
  label: "#55595e",
  halo: "#f7f6f2",
  conflict: "#c8500a",
  cooperation: "#0868a6",
  ring: "#ffffff",
  onMark: "#ffffff",
  road: "#d3cab8",
  roadEdge: "#b3a98f",
};

export const DARK: Palette = {
  sea: "#12181d",
  land: "#222a31",
  coast: "#41505b",
  line: "#56616a",
  disputed: "#93897a",
  label: "#a3adb5",
  halo: "#1b2228",
  conflict: "#f08a4b",
  cooperation: "#5db3ea",
  ring: "#10151a",
  onMark: "#10151a",
  road: "#4a5863",
  roadEdge: "#171d22",
};

export const SOURCES = ["own", "own-lines", "names", "areas", "area-labels", "spots"] as const;
export type SourceName = (typeof SOURCES)[number];

/** What lies under and over the incidents: the operator's street map, and the countries that carry a count, by code. */
export interface Setting {
  readonly streets: Streets | null;
  readonly shades: ReadonlyMap<string, Shade>;
}

/** Drawn with the browser's own fonts: without a `glyphs` address the library fetches none. */
const FONTS = ["system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"];

function familyColour(p: Palette): ExpressionSpecification {
  return ["match", ["get", "family"], "cooperation", p.cooperation, p.conflict];
}

/** By zoom, the rank (minus the size in square degrees) from which a country is named: small ones would crowd it. */
const LEAST_NAMED: ExpressionSpecification = ["step", ["zoom"], -40, 3, -8, 4, -1.5, 5, 0];

/** Radius in pixels: area grows with the number of independent origins, never with the number of copies. */
const RADIUS: ExpressionSpecification = ["min", 22, ["+", 4, ["*", 3.5, ["sqrt", ["get", "origins"]]]]];

/** The whole style, with everything that is to be drawn in it. */
export function buildStyle(
  palette: Palette,
  drawn: Readonly<Record<SourceName, FeatureCollection>>,
  setting: Setting,
): StyleSpecification {
  // Shapes are cut into tiles down to this zoom and only magnified below it: finer cuts cost time and show nothing more.
  const makeSource = (name: SourceName): SourceSpecification => ({ type: "geojson", data: drawn[name], maxzoom: 10 });
  // Each source is a turn of the worker and a frame more before the map stands: those of nothing are left out.
  const filled = SOURCES.filter((name) => name === "spots" || drawn[name].features.length > 0);
  const sources: Record<string, SourceSpecification> = Object.fromEntries(filled.map((name) => [name, makeSource(name)]));
  sources[WORLD] = makeWorldSource();
  if (setting.streets) sources[STREETS] = makeStreetsSource(setting.streets);
  const layers = buildLayers(palette, setting).filter((layer) => !("source" in layer) || String(layer.source) in sources);
  return { version: 8, sources, layers };
}

/** All layers, bottom first. */
export function buildLayers(p: Palette, { streets, shades }: Setting): LayerSpecification[] {
  const shaded = shades.size > 0 ? [shadeLayer(p, shades)] : [];
  return [...groundLayers(p), ...streetLayers(streets, p, FONTS), ...shaded, areaLayer(p), ...lineLayers(p), ...nameLayers(p), ...markLayers(p)];
}

function groundLayers(p: Palette): LayerSpecification[] {
  const isWater: ExpressionSpecification = ["==", ["get", "kind"], "water"];
  return [
    { id: "sea", type: "background", paint: { "background-color": p.sea } },
    { id: "countries", type: "fill", source: WORLD, "source-layer": "countries", paint: { "fill-color": p.land, "fill-antialias": false } },
    {
      id: "own",
      type: "fill",
      source: "own",
      paint: { "fill-color": ["case", isWater, p.sea, p.land], "fill-outline-color": p.coast },
    },
  ];
}

/** The more incidents, the darker, tenfold by tenfold. */
function shadeBy(count: ExpressionSpecification): ExpressionSpecification {
  return ["interpolate", ["linear"], ["log10", count], 0, 0.1, 1, 0.24, 2, 0.4];
}

function areaLayer(p: Palette): LayerSpecification {
  return { id: "areas", type: "fill", source: "areas", paint: { "fill-color": familyColour(p), "fill-opacity": shadeBy(["get", "count"]) } };
}

/** Whole countries, shaded where they lie in the world's own tiles: their shapes need not be sent a second time. */
function shadeLayer(p: Palette, shades: ReadonlyMap<string, Shade>): LayerSpecification {
  const of = (family: Shade["family"]): string[] => [...shades].filter(([, shade]) => shade.family === family).map(([code]) => code);
  const code: ExpressionSpecification = ["coalesce", ["get", "country"], ""];
  const counts = [...shades].flatMap(([name, { count }]) => [name, count]);
  return {
    id: "area-countries",
    type: "fill",
    source: WORLD,
    "source-layer": "countries",
    filter: ["in", code, ["literal", [...shades.keys()]]],
    paint: {
      "fill-color": ["case", ["in", code, ["literal", of("cooperation")]], p.cooperation, p.conflict],
      "fill-opacity": shadeBy(["match", code, ...counts, 1] as unknown as ExpressionSpecification),
    },
  };
}

function lineLayers(p: Palette): LayerSpecification[] {
  const isKind = (kind: string): ExpressionSpecification => ["==", ["get", "kind"], kind];
  const width: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 1, 0.5, 6, 1.2, 10, 2];
  return [
    { id: "coast", type: "line", source: WORLD, "source-layer": "lines", filter: isKind("coast"), paint: { "line-color": p.coast, "line-width": 0.6 } },
    {
      id: "lines-plain",
      type: "line",
      source: WORLD,
      "source-layer": "lines",
      filter: isKind("plain"),
      paint: { "line-color": p.line, "line-width": width },
    },
    {
      id: "lines-disputed",
      type: "line",
      source: WORLD,
      "source-layer": "lines",
      filter: isKind("disputed"),
      paint: { "line-color": p.disputed, "line-width": width, "line-dasharray": [3, 2.4] },
    },
    {
      id: "own-lines",
      type: "line",
      source: "own-lines",
      filter: ["!", isKind("disputed")],
      paint: {
        "line-color": ["match", ["get", "kind"], "river", p.coast, "road", p.line, p.line],
        "line-width": ["match", ["get", "kind"], "river", 2.5, 1],
      },
    },
    {
      // The outline of the polygons runs here too: without a bed the dashes would look like a settled line.
      id: "own-lines-disputed-bed",
      type: "line",
      source: "own-lines",
      filter: isKind("disputed"),
      paint: { "line-color": p.land, "line-width": 3.5 },
    },
    {
      id: "own-lines-disputed",
      type: "line",
      source: "own-lines",
      filter: isKind("disputed"),
      paint: { "line-color": p.disputed, "line-width": 1.8, "line-dasharray": [3, 2.4] },
    },
  ];
}

function nameLayers(p: Palette): LayerSpecification[] {
  return [
    {
      id: "names",
      type: "symbol",
      source: "names",
      filter: ["<=", ["coalesce", ["get", "rank"], -999], LEAST_NAMED],
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONTS,
        "text-size": ["interpolate", ["linear"], ["zoom"], 2, 10, 6, 13],
        "text-max-width": 7,
        "symbol-sort-key": ["get", "rank"],
        "text-padding": 1,
      },
      paint: { "text-color": p.label, "text-halo-color": p.halo, "text-halo-width": 1.2 },
    },
  ];
}

function markLayers(p: Palette): LayerSpecification[] {
  const isHollow: ExpressionSpecification = ["==", ["get", "firmness"], "unrealised"];
  return [
    {
      id: "area-labels",
      type: "symbol",
      source: "area-labels",
      // A count that gave way to a mark would be a count left out.
      layout: { "text-field": ["get", "label"], "text-font": FONTS, "text-size": 13, "text-max-width": 8, "text-allow-overlap": true },
      paint: { "text-color": familyColour(p), "text-halo-color": p.halo, "text-halo-width": 1.6 },
    },
    {
      // Several places in one mark wear a second ring.
      id: "spot-rings",
      type: "circle",
      source: "spots",
      filter: [">", ["get", "places"], 1],
      paint: {
        "circle-radius": ["+", RADIUS, 5],
        "circle-opacity": 0,
        "circle-stroke-width": 1.5,
        "circle-stroke-color": familyColour(p),
      },
    },
    {
      id: "spots",
      type: "circle",
      source: "spots",
      layout: { "circle-sort-key": ["-", 0, ["get", "origins"]] },
      paint: {
        "circle-radius": RADIUS,
        "circle-color": familyColour(p),
        "circle-opacity": ["match", ["get", "firmness"], "reported", 0.88, "hedged", 0.5, 0.06],
        "circle-stroke-width": ["case", isHollow, 2, ["==", ["get", "family"], "mixed"], 3, 1.5],
        "circle-stroke-color": [
          "case",
          ["==", ["get", "family"], "mixed"],
          p.cooperation,
          isHollow,
          familyColour(p),
          p.ring,
        ],
      },
    },
    {
      id: "spot-labels",
      type: "symbol",
      source: "spots",
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONTS,
        "text-size": 12,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: {
        "text-color": ["match", ["get", "firmness"], "reported", p.onMark, p.label],
        "text-halo-color": ["match", ["get", "firmness"], "reported", "rgba(0,0,0,0)", p.halo],
        "text-halo-width": 1,
      },
    },
  ];
}
