/** Fetches what the map shows: the desk's answers and the bundled world. All from this desk's own address. */

import type { FeatureCollection } from "geojson";
import { readAreas, readIncidents, readNames, type AreaCount, type MapIncident } from "./incidents.ts";
import { readStreets, type StreetsAnswer } from "./streets.ts";
import { nameCountries, readCountries, readTiles, type Country, type Tiles } from "./world.ts";

export interface MapAddresses {
  readonly incidents: string | undefined;
  readonly streets: string | undefined;
  readonly world: string | undefined;
  readonly countries: string | undefined;
  readonly ownShapes: string | undefined;
}

export interface Known {
  readonly incidents: readonly MapIncident[];
  readonly areas: readonly AreaCount[];
  readonly countries: readonly Country[];
  readonly tiles: Tiles;
  readonly own: FeatureCollection;
  readonly streets: StreetsAnswer;
}

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

/** Loads everything at once; raises with the address that failed. */
export async function loadKnown(addresses: MapAddresses): Promise<Known> {
  const [answer, tiles, countries, own, streets] = await Promise.all([
    addresses.incidents ? fetchJson(addresses.incidents) : { incidents: [], places: [], looks: [], areas: [] },
    addresses.world ? ask(addresses.world).then((file) => file.arrayBuffer()).then(readTiles) : new Map<string, Uint8Array>(),
    addresses.countries ? fetchJson(addresses.countries).then(readCountries) : [],
    addresses.ownShapes ? fetchJson(addresses.ownShapes).then(readCollection) : NOTHING,
    addresses.streets ? loadStreets(addresses.streets) : { streets: null, problem: null },
  ]);
  const incidents = readIncidents(answer);
  return { incidents, areas: readAreas(answer, incidents), countries: nameCountries(countries, readNames(answer)), tiles, own, streets };
}

/** A street map that cannot be asked for is told, and keeps nothing else from being drawn. */
async function loadStreets(address: string): Promise<StreetsAnswer> {
  try {
    return readStreets(await fetchJson(address));
  } catch (fault) {
    return { streets: null, problem: fault instanceof Error ? fault.message : String(fault) };
  }
}

async function fetchJson(address: string): Promise<unknown> {
  return (await ask(address)).json();
}

async function ask(address: string): Promise<Response> {
  const url = new URL(address, document.baseURI);
  if (url.origin !== location.origin) throw new Error(`"${address}" is not on this desk`);
  const response = await fetch(url, { headers: { accept: "application/json, application/geo+json, application/octet-stream" } });
  if (!response.ok) throw new Error(`"${url.pathname}" answered ${response.status}`);
  return response;
}

function readCollection(answer: unknown): FeatureCollection {
  const given = answer as Partial<FeatureCollection> | null;
  if (given?.type !== "FeatureCollection" || !Array.isArray(given.features)) {
    throw new TypeError("boundaries are not a GeoJSON FeatureCollection");
  }
  return given as FeatureCollection;
}
