/** What the built files hold of other packages, and the terms that must travel with it. */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package of others, some of which stands in the built files. */
export interface Bundled {
  name: string;
  version: string;
  /** As the package says it; not always an SPDX expression. */
  licence: string;
  /** Its full terms, with the line of copyright. */
  terms: string;
}

/** Packages whose data the plugin of vite.config.ts puts into the boundary files, out of the bundler's sight. */
export const READ_AT_BUILD = ["world-atlas", "i18n-iso-countries"];

const MODULES = "node_modules/";

/** The package that a module belongs to ("@mapbox/point-geometry"), or null for one of our own. */
export function namePackage(module: string): string | null {
  const path = module.replaceAll("\\", "/");
  const at = path.lastIndexOf(MODULES);
  if (at < 0) return null;
  const [first = "", second = ""] = path.slice(at + MODULES.length).split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/**
 * The packages behind the modules of a bundle, in order of name, each once.
 *
 * A package that was itself bundled before it was published holds others, which the source map beside its file names.
 */
export function listPackages(modules: Iterable<string>): string[] {
  const names = new Set(READ_AT_BUILD);
  for (const module of modules) {
    const name = namePackage(module);
    if (name === null) continue;
    names.add(name);
    const map = `${module.split("?")[0] ?? module}.map`;
    if (!existsSync(map)) continue;
    const { sources } = JSON.parse(readFileSync(map, "utf8")) as { sources: string[] };
    for (const inner of sources) names.add(namePackage(inner) ?? name);
  }
  return [...names].sort();
}

/** One package as it lies in `modules` (web/node_modules); fails where its terms are nowhere to be found. */
export function readPackage(name: string, modules: string, kept: string): Bundled {
  const folder = join(modules, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const terms = readTerms(folder) ?? readKept(join(kept, `${name.replace("/", "__")}.txt`));
  if (!version || !license || terms === null) {
    throw new Error(`licences: '${name}': says no version, no licence or no terms; put its terms into web/build/licences/`);
  }
  return { name, version, licence: license, terms: terms.replaceAll("\r\n", "\n").trim() };
}

function readTerms(folder: string): string | null {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  if (files.length) return files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n\n");
  const readme = readdirSync(folder).find((file) => /^readme/i.test(file));
  if (!readme) return null;
  // Some packages have their terms at the end of what people read first, and only there.
  const section = /^#+ *licen[cs]e.*\n([\s\S]*)/im.exec(readFileSync(join(folder, readme), "utf8"))?.[1];
  return section && /copyright/i.test(section) ? section : null;
}

function readKept(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** The text that travels with the built files. */
export function writeTerms(packages: readonly Bundled[]): string {
  const rule = "=".repeat(100);
  const head = "The scripts, styles and boundaries of Tocsin's desk hold parts of the packages below, each under its own terms.\n";
  const data = "Boundaries: Natural Earth (public domain), by way of world-atlas. Codes of countries: i18n-iso-countries.\n";
  const parts = packages.map((one) => `${rule}\n${one.name} ${one.version} (${one.licence})\n${rule}\n\n${one.terms}\n`);
  return [head + data, ...parts].join("\n");
}

/** The list for the bill of materials: names, versions and licences, without the terms. */
export function writePackages(packages: readonly Bundled[]): string {
  return `${JSON.stringify(packages.map(({ name, version, licence }) => ({ name, version, licence })), null, 2)}\n`;
}

/** Where npm's packages and the terms kept here lie, seen from this file. */
export function findFolders(here: string): { modules: string; kept: string } {
  return { modules: join(dirname(here), "node_modules"), kept: join(here, "licences") };
}
