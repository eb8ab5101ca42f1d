import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Topology } from "topojson-specification";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { buildBoundaries } from "./build/boundaries.ts";
import { describeCountries } from "./build/countries.ts";
import { parseDisputed } from "./build/disputed.ts";
import { findFolders, listPackages, readPackage, writePackages, writeTerms } from "./build/licences.ts";
import { listNames } from "./build/manifest.ts";
import { buildTiles } from "./build/tiles.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const DISPUTED = process.env["TOCSIN_DISPUTED"] ?? here("../src/tocsin/knowledge/disputed.toml");

/** Makes the boundary files and the icon, and writes manifest.json: logical name to hashed path. */
function deskFiles(): Plugin {
  return {
    name: "tocsin-desk-files",
    apply: "build",
    buildStart() {
      this.addWatchFile(DISPUTED);
      const atlas = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/countries-50m.json"), "utf8")) as Topology;
      const boundaries = buildBoundaries(atlas, parseDisputed(readFileSync(DISPUTED, "utf8")));
      const emit = (name: string, source: string | Uint8Array): void => {
        this.emitFile({ type: "asset", name, originalFileName: name, source });
      };
      emit("boundaries/world.tiles", buildTiles(boundaries));
      emit("boundaries/countries.json", JSON.stringify(describeCountries(boundaries)));
      emit("boundaries/shapes.json", JSON.stringify(boundaries.codes));
      emit("icon.svg", readFileSync(here("src/icon.svg"), "utf8"));
    },
    generateBundle(_options, bundle) {
      const source = `${JSON.stringify(listNames(bundle), null, 2)}\n`;
      this.emitFile({ type: "asset", fileName: "manifest.json", source });
    },
  };
}

/** Writes LICENSES.txt and packages.json: what the built files hold of others, and the terms that travel with it. */
function licences(): Plugin {
  return {
    name: "tocsin-licences",
    apply: "build",
    generateBundle() {
      const { modules, kept } = findFolders(here("build"));
      const packages = listPackages(this.getModuleIds()).map((name) => readPackage(name, modules, kept));
      this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: writeTerms(packages) });
      this.emitFile({ type: "asset", fileName: "packages.json", source: writePackages(packages) });
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: false,
  plugins: [deskFiles(), licences()],
  build: {
    outDir: process.env["TOCSIN_STATIC"] ?? here("../src/tocsin/web/static"),
    emptyOutDir: true,
    target: "es2022",
    // Inlined data: addresses would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 1500,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { app: here("src/app.ts"), theme: here("src/theme.ts"), map: here("src/map.ts"), timeline: here("src/timeline.ts") },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        // Some servers do not know .mjs as JavaScript, and a worker of another type is refused.
        assetFileNames: (asset) => (asset.names[0]?.endsWith(".mjs") ? "assets/[name]-[hash].js" : "assets/[name]-[hash][extname]"),
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
