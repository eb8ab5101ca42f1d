/** Fetches what the map shows: the desk's answers and the bundled boundaries. All from this desk's own address. */

import { feature } from "topojson-client";
import type { Feature, FeatureCollection, MultiLineString } from "geojson";
import type { GeometryCollection, Topology } from "topojson-specification";
import { cutAtMeridian, dropSeams } from "./geometry.ts";
import { readAreas, readIncidents, readNames, type AreaCount, type MapIncident } from "./incidents.ts";
import type { Shape } from "./shapes.ts";
import { readStreets, type StreetsAnswer } from "./streets.ts";

export interface MapAddresses {
  readonly incidents: string | undefined;
  readonly streets: string | undefined;
  readonly boundaries: string | undefined;
  readonly lines: string | undefined;
  readonly ownShapes: string | undefined;
}

export interface Known {
  readonly incidents: readonly MapIncident[];
  readonly areas: readonly AreaCount[];
  readonly countries: readonly Shape[];
  readonly coast: Feature | null;
  readonly lines: FeatureCollection;
  readonly own: FeatureCollection;
  readonly streets: StreetsAnswer;
}

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

/** Loads everything at once; raises with the address that failed. */
export async function loadKnown(addresses: MapAddresses): Promise<Known> {
  const [answer, world, lines, own, streets] = await Promise.all([
    addresses.incidents ? fetchJson(addresses.incidents) : { incidents: [], places: [], looks: [], areas: [] },
    addresses.boundaries ? fetchJson(addresses.boundaries).then(readCountries) : { countries: [], coast: null },
    addresses.lines ? fetchJson(addresses.lines).then(readCollection) : NOTHING,
    addresses.ownShapes ? fetchJson(addresses.ownShapes).then(readCollection) : NOTHING,
    addresses.streets ? loadStreets(addresses.streets) : { streets: null, problem: null },
  ]);
  const incidents = readIncidents(answer);
  const countries = nameCountries(world.countries, readNames(answer));
  return { incidents, areas: readAreas(answer, incidents), ...world, countries, lines, own, streets };
}

/** A street map that cannot be asked for is told, and keeps nothing else from being drawn. */
async function loadStreets(address: string): Promise<StreetsAnswer> {
  try {
    return readStreets(await fetchJson(address));
  } catch (fault) {
    return { streets: null, problem: fault instanceof Error ? fault.message : String(fault) };
  }
}

/** Countries under the names of the desk's policy; parts of a country keep their own. */
export function nameCountries(countries: readonly Shape[], names: ReadonlyMap<string, string>): Shape[] {
  return countries.map((shape) => {
    const name = names.get(String(shape.properties?.["code"]));
    return name === undefined ? shape : { ...shape, properties: { ...shape.properties, name } };
  });
}

async function fetchJson(address: string): Promise<unknown> {
  const url = new URL(address, document.baseURI);
  if (url.origin !== location.origin) throw new Error(`"${address}" is not on this desk`);
  const response = await fetch(url, { headers: { accept: "application/json, application/geo+json" } });
  if (!response.ok) throw new Error(`"${url.pathname}" answered ${response.status}`);
  return response.json();
}

/** Country polygons and coast from TopoJSON (as bundled), or polygons alone from plain GeoJSON. */
export function readCountries(answer: unknown): Pick<Known, "countries" | "coast"> {
  const given = answer as Topology | FeatureCollection;
  if (given.type !== "Topology") return { countries: readCollection(answer).features as Shape[], coast: null };
  const { countries, coast } = given.objects;
  return {
    countries: (feature(given, countries as GeometryCollection).features as Shape[]).map(flatten),
    coast: coast ? cleanCoast(feature(given, coast) as Feature<MultiLineString>) : null,
  };
}

function flatten(shape: Shape): Shape {
  return { ...shape, geometry: cutAtMeridian(shape.geometry) };
}

function cleanCoast(coast: Feature<MultiLineString>): Feature {
  const coordinates = coast.geometry.coordinates.flatMap(dropSeams);
  return { type: "Feature", geometry: { type: "MultiLineString", coordinates }, properties: { kind: "coast" } };
}

function readCollection(answer: unknown): FeatureCollection {
  const given = answer as Partial<FeatureCollection> | null;
  if (given?.type !== "FeatureCollection" || !Array.isArray(given.features)) {
    throw new TypeError("boundaries are not a GeoJSON FeatureCollection");
  }
  return given as FeatureCollection;
}
