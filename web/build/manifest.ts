/** The list of built files that the templates look names up in. */

import type { Rolldown } from "vite";

/** Logical name ("app.js", "boundaries/lines.geojson") to path under static/, in order of name. */
export function listNames(bundle: Rolldown.OutputBundle): Record<string, string> {
  const names: Record<string, string> = {};
  const shared = new Set(Object.values(bundle).flatMap((file) => (file.type === "chunk" && file.isEntry ? file.imports : [])));
  for (const file of Object.values(bundle)) {
    if (file.type === "chunk") {
      // What several entries begin with is named too: a page asks for it at once, not only once an entry has come.
      if (!file.isEntry && !shared.has(file.fileName)) continue;
      names[`${file.name}.js`] = file.fileName;
      for (const sheet of file.viteMetadata?.importedCss ?? []) names[`${file.name}.css`] = sheet;
    } else {
      const given = file.originalFileNames[0];
      if (given === "icon.svg" || given?.startsWith("boundaries/")) names[given] = file.fileName;
    }
  }
  return Object.fromEntries(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)));
}
