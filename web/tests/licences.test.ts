import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findFolders, listPackages, namePackage, READ_AT_BUILD, readPackage, writePackages, writeTerms } from "../build/licences.ts";

let folder = "";
const { modules, kept } = findFolders(fileURLToPath(new URL("../build", import.meta.url)));

function put(path: string, text: string): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-licences-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("packages behind a bundle", () => {
  it("are named from the innermost folder of modules, with their scope", () => {
    expect(namePackage("/w/web/node_modules/pmtiles/dist/esm/index.js")).toBe("pmtiles");
    expect(namePackage("/w/node_modules/a/node_modules/@mapbox/point-geometry/index.js")).toBe("@mapbox/point-geometry");
    expect(namePackage("/w/web/src/app.ts")).toBeNull();
    expect(namePackage("\0rolldown/runtime.js")).toBeNull();
  });

  it("include what a published bundle carries inside, as its source map says", () => {
    const module = put("node_modules/map/dist/map.mjs", "");
    put("node_modules/map/dist/map.mjs.map", JSON.stringify({ sources: ["../src/a.ts", "../node_modules/@deep/tree/i.js"] }));
    expect(listPackages([`${module}?url`, "/w/src/app.ts"])).toEqual([...READ_AT_BUILD, "map", "@deep/tree"].sort());
  });
});

describe("terms of a package", () => {
  const about = JSON.stringify({ version: "1.2.3", license: "MIT" });

  it("come from its own file", () => {
    put("node_modules/a/package.json", about);
    put("node_modules/a/LICENSE.md", "Copyright A\r\nterms\r\n");
    expect(readPackage("a", join(folder, "node_modules"), folder)).toEqual(
      { name: "a", version: "1.2.3", licence: "MIT", terms: "Copyright A\nterms" },
    );
  });

  it("or from its readme, or from what is kept here", () => {
    put("node_modules/b/package.json", about);
    put("node_modules/b/README.md", "# b\n\n## License (MIT)\n\nCopyright B\n");
    expect(readPackage("b", join(folder, "node_modules"), folder).terms).toBe("Copyright B");
    put("node_modules/@c/d/package.json", about);
    put("@c__d.txt", "Copyright D\n");
    expect(readPackage("@c/d", join(folder, "node_modules"), folder).terms).toBe("Copyright D");
  });

  it("must be somewhere", () => {
    put("node_modules/e/package.json", about);
    put("node_modules/e/README.md", "# e\n\n## License\n\nSee the repository.\n");
    expect(() => readPackage("e", join(folder, "node_modules"), folder)).toThrow("licences: 'e'");
  });
});

describe("the files written", () => {
  const packages = ["world-atlas", "maplibre-gl", "pmtiles", "htmx.org", "murmurhash-js"].map((name) => readPackage(name, modules, kept));

  it("hold every package with its terms", () => {
    const text = writeTerms(packages);
    for (const words of ["Michael Bostock", "MapLibre contributors", "Protomaps LLC", "Zero-Clause BSD", "Gary Court"]) {
      expect(text).toContain(words);
    }
  });

  it("and a list for machines without them", () => {
    const list = JSON.parse(writePackages(packages)) as Record<string, string>[];
    expect(list.map((one) => one["name"])).toEqual(packages.map((one) => one.name));
    expect(Object.keys(list[0] ?? {})).toEqual(["name", "version", "licence"]);
  });
});
