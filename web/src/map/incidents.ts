/** What the desk says about incidents and areas, checked before the map believes it. */

import type { Position } from "geojson";

export type Family = "conflict" | "cooperation";
/** How firmly an incident is held: drawn full, faint or hollow, because said is not happened. */
export type Firmness = "reported" | "hedged" | "unrealised";

/** One incident as the map shows it. Words are outside text: they go into text nodes only. */
export interface MapIncident {
  readonly id: string;
  readonly url: string | null;
  readonly title: string;
  readonly type: string;
  readonly family: Family;
  readonly firmness: Firmness;
  readonly place: string | null;
  readonly date: string | null;
  readonly origins: number;
  /** Words such as "disputed" or "planned" that must stand beside the title. */
  readonly flags: readonly string[];
  readonly isExercise: boolean;
  /** Where it may be pinned; null where the place is an area or is not known. */
  readonly point: Position | null;
  /** What incidents share that are one spot, and what spots share that may be one mark; null: never merged. */
  readonly spot: string | null;
  readonly cluster: string | null;
  readonly areaId: string | null;
  /** The name under which the page counts what has no place of a map. */
  readonly unplaced: string | null;
  /** Milliseconds; null where the desk's answer has no time of the first report. */
  readonly reportedAt: number | null;
  readonly areaName: string | null;
  readonly precision: string | null;
  readonly country: string | null;
}

/** Incidents of one spot: a map that drew each for itself would show one and hide the rest. */
export interface Spot {
  readonly point: Position;
  readonly cluster: string | null;
  readonly incidents: readonly MapIncident[];
}

/** An area that incidents are counted in, because they are not known more precisely. */
export interface AreaCount {
  readonly id: string;
  readonly name: string;
  readonly precision: string;
  readonly country: string | null;
  readonly count: number;
  readonly conflict: number;
  readonly cooperation: number;
  readonly url: string | null;
  readonly isExercise: boolean;
  readonly incidents: readonly MapIncident[];
}

const FLAGGED_STATES = new Set(["disputed", "denied", "retracted"]);
const FLAGGED_MODALITIES = new Set(["planned", "conditional", "negated"]);
const MAX_WORDS = 300;

type Fields = Readonly<Record<string, unknown>>;

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_WORDS) : null;
}

function asCount(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

/** An address on this desk, or null: whatever else a record says, the map links nowhere outside. */
export function ownAddress(value: unknown): string | null {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : null;
}

/** A position in range, or null. */
export function readPosition(value: unknown): Position | null {
  if (!Array.isArray(value)) return null;
  const [lon, lat]: unknown[] = value;
  if (typeof lon !== "number" || typeof lat !== "number") return null;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}

type Where = Pick<MapIncident, "place" | "point" | "spot" | "cluster" | "areaId" | "unplaced" | "areaName" | "precision" | "country">;
type Look = Pick<MapIncident, "type" | "family" | "firmness" | "flags" | "isExercise">;

/** The incidents of the desk's answer; raises where it is none, or where a row leads to no place or look of it. */
export function readIncidents(answer: unknown): MapIncident[] {
  const { incidents, places, looks } = asFields(answer);
  if (!Array.isArray(incidents) || !Array.isArray(places) || !Array.isArray(looks)) {
    throw new TypeError("the desk's answer holds no incidents, places and looks");
  }
  // Read once for all incidents that share them.
  const wheres = places.map((place) => readWhere(asFields(place)));
  const seen = looks.map((look) => readLook(asFields(look)));
  return incidents.map((row) => readIncident(Array.isArray(row) ? row : [], wheres, seen));
}

/** A row of the answer: what it holds, in this order. */
function readIncident(row: readonly unknown[], wheres: readonly Where[], looks: readonly Look[]): MapIncident {
  const [givenId, place, seen, date, reportedAt, origins, title] = row;
  const [where, look] = [wheres[Number(place)], looks[Number(seen)]];
  if (!where || !look) throw new TypeError("a row of the desk's answer names no place or look of it");
  const id = asText(givenId) ?? "";
  return {
    id,
    url: id === "" ? null : `/incidents/${encodeURIComponent(id)}`,
    title: asText(title) ?? look.type,
    date: asText(date),
    origins: Math.max(1, asCount(origins)),
    reportedAt: readTime(reportedAt),
    ...look,
    ...where,
  };
}

function readWhere(given: Fields): Where {
  return {
    place: asText(given["place"]),
    point: readPosition(given["point"]),
    spot: asText(given["spot"]),
    cluster: asText(given["cluster"]),
    areaId: asText(given["area_id"]),
    unplaced: asText(given["unplaced"]),
    areaName: asText(given["area_name"]) ?? asText(given["place"]),
    precision: asText(given["precision"]),
    country: asText(given["country"]),
  };
}

function readLook(given: Fields): Look {
  return {
    type: [asText(given["type"]) ?? "unknown", asText(given["mode"])].filter(Boolean).join(" · "),
    family: given["family"] === "cooperation" ? "cooperation" : "conflict",
    firmness: readFirmness(given),
    flags: readFlags(given),
    isExercise: given["is_exercise"] === true,
  };
}

function readTime(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function readFirmness(given: Fields): Firmness {
  const unrealised = given["modality"] !== undefined && given["modality"] !== "actual";
  if (unrealised || ["denied", "planned", "retracted"].includes(String(given["state"]))) return "unrealised";
  return given["certainty"] === "hedged" || given["state"] === "disputed" ? "hedged" : "reported";
}

function readFlags(given: Fields): string[] {
  const flags = new Set<string>();
  if (given["is_exercise"] === true) flags.add("EXERCISE");
  const state = asText(given["state"]);
  const modality = asText(given["modality"]);
  if (state && FLAGGED_STATES.has(state)) flags.add(state);
  if (modality && FLAGGED_MODALITIES.has(modality)) flags.add(modality === "negated" ? "denied" : modality);
  if (given["certainty"] === "hedged") flags.add("hedged");
  return [...flags];
}

/** Puts incidents at the very same point of the same division together, the most carried first. */
export function groupSpots(incidents: readonly MapIncident[]): Spot[] {
  const spots = new Map<string, MapIncident[]>();
  for (const incident of incidents) {
    if (!incident.point) continue;
    const key = incident.spot ?? [...incident.point.map((degree) => degree.toFixed(4)), incident.cluster ?? ""].join();
    const members = spots.get(key);
    if (members) members.push(incident);
    else spots.set(key, [incident]);
  }
  return [...spots.values()].map((members) => ({
    point: members[0]?.point as Position,
    cluster: members[0]?.cluster ?? null,
    incidents: members.sort((a, b) => b.origins - a.origins),
  }));
}

/** The areas that the desk counted, each with those of `incidents` that are placed no more precisely. */
export function readAreas(answer: unknown, incidents: readonly MapIncident[] = []): AreaCount[] {
  const listed = Array.isArray(answer) ? answer : asFields(answer)["areas"];
  if (!Array.isArray(listed)) throw new TypeError("the desk's answer holds no list of areas");
  const inside = new Map<string, MapIncident[]>();
  for (const one of incidents) {
    if (one.point || !one.areaId) continue;
    const members = inside.get(one.areaId);
    if (members) members.push(one);
    else inside.set(one.areaId, [one]);
  }
  return listed.map((value: unknown) => {
    const given = asFields(value);
    const id = asText(given["id"]) ?? "";
    return {
      id,
      name: asText(given["name"]) ?? asText(given["id"]) ?? "?",
      precision: asText(given["precision"]) ?? "country",
      country: asText(given["country"]),
      count: asCount(given["count"]),
      conflict: asCount(given["conflict"]),
      cooperation: asCount(given["cooperation"]),
      url: ownAddress(given["url"]),
      isExercise: given["is_exercise"] === true,
      incidents: inside.get(id) ?? [],
    };
  });
}

/** Names of countries under the desk's policy, by code, where they differ from the map's own. */
export function readNames(answer: unknown): Map<string, string> {
  const names = Object.entries(asFields(asFields(answer)["names"]));
  return new Map(names.flatMap(([code, name]) => (typeof name === "string" ? [[code, name] as const] : [])));
}
