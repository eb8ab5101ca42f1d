/** The world under the incidents, made with the desk: its shapes as vector tiles, and what is known of each country. */

import type { Position } from "geojson";
import type { SourceSpecification } from "maplibre-gl";
import type { Box } from "./geometry.ts";

/** A country, a part of one or a disputed area: everything about its shape that the map needs before it is drawn. */
export interface Country {
  readonly code: string;
  readonly name: string;
  /** The code under which incidents there are counted; null: under no country. */
  readonly country: string | null;
  readonly isDisputed: boolean;
  /** Around its largest part. */
  readonly box: Box;
  /** Where its label may stand, the best first: see `labelPoints`. */
  readonly points: readonly Position[];
}

/** Tiles by "zoom/x/y", each a part of the one file. */
export type Tiles = ReadonlyMap<string, Uint8Array>;

/** The deepest zoom that tiles are cut for; nearer ones magnify them: finer cuts would show nothing more. */
export const DEEPEST = 4;
export const WORLD = "world";

/** The source of the world's layers, read through the protocol of the same name. */
export function makeWorldSource(): SourceSpecification {
  return { type: "vector", tiles: [`${WORLD}://{z}/{x}/{y}`], minzoom: 0, maxzoom: DEEPEST };
}

/** Takes the file of tiles apart; raises where it is cut short or is another file. */
export function readTiles(file: ArrayBuffer): Tiles {
  const fault = new TypeError("the boundaries are not whole");
  if (file.byteLength < 4) throw fault;
  const start = 4 + new DataView(file).getUint32(0, true);
  if (start > file.byteLength) throw fault;
  const list = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, start - 4))) as Record<string, number>;
  const tiles = new Map<string, Uint8Array>();
  let at = start;
  for (const [name, length] of Object.entries(list)) {
    if (at + length > file.byteLength) throw fault;
    tiles.set(name, new Uint8Array(file, at, length));
    at += length;
  }
  return tiles;
}

/** A copy of one tile, which the library may give away; empty where there is only sea. */
export function findTile(tiles: Tiles, address: string): ArrayBuffer {
  const tile = tiles.get(address.slice(`${WORLD}://`.length));
  return tile ? tile.slice().buffer as ArrayBuffer : new ArrayBuffer(0);
}

/** Countries as the desk was built with them. */
export function readCountries(answer: unknown): Country[] {
  if (!Array.isArray(answer)) throw new TypeError("the list of countries is none");
  return answer as Country[];
}

/** Countries under the names of the desk's policy; parts of a country keep their own. */
export function nameCountries(countries: readonly Country[], names: ReadonlyMap<string, string>): Country[] {
  return countries.map((country) => ({ ...country, name: names.get(country.code) ?? country.name }));
}
