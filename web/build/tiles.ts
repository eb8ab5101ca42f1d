/** The world of the map as vector tiles in one file: cut here once, not in every browser at every visit. */

import type { Feature, FeatureCollection, GeoJsonProperties, Geometry, MultiLineString } from "geojson";
import { GeoJSONVT, type GeoJSONVTOptions } from "@maplibre/geojson-vt";
import { fromGeojsonVt } from "@maplibre/vt-pbf";
import { feature } from "topojson-client";
import type { GeometryCollection } from "topojson-specification";
import { cutAtMeridian, dropSeams } from "../src/map/geometry.ts";
import { DEEPEST } from "../src/map/world.ts";
import type { Boundaries, CountryFields, Outlined } from "./boundaries.ts";

/** Units along the edge of a tile, as the map library has it; 1/360 of a degree at zoom 4: finer than the atlas's own grid. */
const EXTENT = 8192;
/** What is left out at a zoom moves no line by more than this: three eighths of a pixel, the library's own measure. */
const TOLERANCE = 6;
/** Tiles overlap by four pixels, wider than any line is drawn. */
const BUFFER = 64;
const OPTIONS: GeoJSONVTOptions = { maxZoom: DEEPEST, indexMaxZoom: DEEPEST, indexMaxPoints: 0, tolerance: TOLERANCE, extent: EXTENT, buffer: BUFFER };

/** Polygons of the countries, cut at the 180th meridian: on a flat map a ring across it would run back over the world. */
export function drawCountries({ countries }: Pick<Boundaries, "countries">): Outlined[] {
  const { features } = feature(countries, countries.objects["countries"] as GeometryCollection<CountryFields>);
  return (features as Outlined[]).map((shape) => ({ ...shape, geometry: cutAtMeridian(shape.geometry) }));
}

/**
 * The tiles of all zooms down to `DEEPEST`: their list as JSON, "zoom/x/y" to length in bytes, after its own length as
 * four bytes (the least first), and then the tiles in the order of the list. What holds only sea is not in it.
 * Layers: `countries` (property `country`, as in CountryFields) and `lines` (property `kind`: coast, plain, disputed).
 */
export function buildTiles(boundaries: Boundaries): Uint8Array {
  const grounds = new GeoJSONVT(collect(drawCountries(boundaries), ({ country }) => (country === null ? {} : { country })), OPTIONS);
  const lines = new GeoJSONVT(collect([drawCoast(boundaries), ...boundaries.lines.features], ({ kind }) => ({ kind })), OPTIONS);
  const tiles = new Map<string, Uint8Array>();
  for (let z = 0; z <= DEEPEST; z++) {
    for (let x = 0; x < 2 ** z; x++) {
      for (let y = 0; y < 2 ** z; y++) {
        const drawn = Object.entries({ countries: grounds.getTile(z, x, y), lines: lines.getTile(z, x, y) });
        const layers = drawn.flatMap(([name, tile]) => (tile && tile.features.length > 0 ? [[name, tile] as const] : []));
        if (layers.length > 0) tiles.set(`${z}/${x}/${y}`, fromGeojsonVt(Object.fromEntries(layers), { version: 2, extent: EXTENT }));
      }
    }
  }
  return packTiles(tiles);
}

/** One file of tiles, as `readTiles` reads it. */
export function packTiles(tiles: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const list = Buffer.from(JSON.stringify(Object.fromEntries([...tiles].map(([name, tile]) => [name, tile.length]))));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(list.length);
  return Buffer.concat([length, list, ...tiles.values()]);
}

function drawCoast({ countries }: Boundaries): Feature<MultiLineString> {
  const coast = feature(countries, countries.objects["coast"] as never) as unknown as Feature<MultiLineString>;
  const coordinates = coast.geometry.coordinates.flatMap(dropSeams);
  return { type: "Feature", geometry: { type: "MultiLineString", coordinates }, properties: { kind: "coast" } };
}

/** Features with no more properties than the map asks for: each is written once for every tile. */
function collect(features: readonly Feature[], keep: (given: NonNullable<GeoJsonProperties>) => GeoJsonProperties): FeatureCollection {
  const bare = ({ geometry, properties }: Feature): Feature => ({ type: "Feature", geometry: geometry as Geometry, properties: keep(properties ?? {}) });
  return { type: "FeatureCollection", features: features.map(bare) };
}
