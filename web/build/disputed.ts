/** Reads `knowledge/disputed.toml` and refuses what it does not know. */

import { parse } from "smol-toml";
import type { Box } from "../src/map/geometry.ts";

export interface DisputedLine {
  readonly between: readonly [string, string];
  readonly box: Box | null;
  readonly note: string;
}

export interface DisputedArea {
  readonly name: string;
  readonly heldBy: string;
  readonly country: string | null;
  readonly box: Box;
  readonly note: string;
}

export interface DisputedTable {
  readonly lines: readonly DisputedLine[];
  readonly areas: readonly DisputedArea[];
}

type Row = Record<string, unknown>;

/** The table of a TOML text; an error names the row, the key and what is allowed. */
export function parseDisputed(text: string): DisputedTable {
  const table = parse(text) as Row;
  return { lines: rowsOf(table, "line").map(readLine), areas: rowsOf(table, "area").map(readArea) };
}

function rowsOf(table: Row, name: string): Row[] {
  const rows = table[name] ?? [];
  if (!Array.isArray(rows)) throw new Error(`disputed.toml: ${name}: must be written as [[${name}]]`);
  return rows as Row[];
}

function readLine(row: Row, index: number): DisputedLine {
  const where = `[[line]] ${index + 1}`;
  checkKeys(row, ["between", "box", "note"], where);
  return {
    between: readPair(row["between"], where),
    box: row["box"] === undefined ? null : readBox(row["box"], where),
    note: readText(row["note"] ?? "", "note", where),
  };
}

function readPair(value: unknown, where: string): readonly [string, string] {
  const [one, other, ...more]: unknown[] = Array.isArray(value) ? value : [];
  if (typeof one !== "string" || typeof other !== "string" || more.length > 0) {
    throw new Error(`disputed.toml: ${where}: between must be two codes, as ["SRB", "XKX"]`);
  }
  return [one, other];
}

function readArea(row: Row, index: number): DisputedArea {
  const where = `[[area]] ${index + 1}`;
  checkKeys(row, ["name", "held_by", "country", "box", "note"], where);
  return {
    name: readText(row["name"], "name", where),
    heldBy: readText(row["held_by"], "held_by", where),
    country: row["country"] === undefined ? null : readText(row["country"], "country", where),
    box: readBox(row["box"], where),
    note: readText(row["note"] ?? "", "note", where),
  };
}

function checkKeys(row: Row, allowed: readonly string[], where: string): void {
  const unknown = Object.keys(row).find((key) => !allowed.includes(key));
  if (unknown) throw new Error(`disputed.toml: ${where}: unknown key "${unknown}"; allowed are ${allowed.join(", ")}`);
}

function readText(value: unknown, key: string, where: string): string {
  if (typeof value !== "string") throw new Error(`disputed.toml: ${where}: ${key} must be a text`);
  return value;
}

function readBox(value: unknown, where: string): Box {
  if (!Array.isArray(value) || value.length !== 4 || !value.every((degree) => typeof degree === "number")) {
    throw new Error(`disputed.toml: ${where}: box must be [west, south, east, north] in degrees`);
  }
  const [west, south, east, north] = value as [number, number, number, number];
  if (west >= east || south >= north) throw new Error(`disputed.toml: ${where}: box must run from west to east and south to north`);
  return [west, south, east, north];
}
