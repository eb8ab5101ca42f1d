/** The map island: finds `#map`, loads what its attributes name, and keeps it in step with theme and page. */

import "maplibre-gl/dist/maplibre-gl.css";
import "./styles/map.css";
import workerAddress from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { prewarm, setWorkerUrl } from "maplibre-gl";
import { showFault } from "./map/furniture.ts";
import { MapIsland } from "./map/island.ts";
import { linkPage } from "./map/linking.ts";
import { loadKnown, type MapAddresses } from "./map/load.ts";
import { ViewMemory } from "./map/view.ts";

setWorkerUrl(new URL(workerAddress, import.meta.url).href);

// The workers start while the incidents are on their way, and stay for the map of the next filter.
prewarm();
const memory = new ViewMemory();
let mounted: HTMLElement | null = null;
let shown: MapIsland | null = null;
let linked: ReturnType<typeof linkPage> | null = null;

function mountAll(): void {
  const box = document.getElementById("map");
  if (box === mounted) return;
  // A browser draws only so many maps at once: the one that left the page must go.
  shown?.remove();
  linked?.end();
  [mounted, shown, linked] = [box, null, null];
  if (box) void mount(box);
}

async function mount(box: HTMLElement): Promise<void> {
  const { incidents, streets, world, countries, ownShapes } = box.dataset;
  const addresses: MapAddresses = { incidents, streets, world, countries, ownShapes };
  box.setAttribute("aria-busy", "true");
  try {
    const known = await loadKnown(addresses);
    if (box !== mounted) return;
    const page = (linked = linkPage(known.incidents));
    shown = new MapIsland(box, known, (pointed) => page.light(pointed), memory);
    shown.start();
  } catch (fault) {
    showFault(box, fault);
  } finally {
    box.removeAttribute("aria-busy");
  }
}

mountAll();
// A page part that htmx swaps in may hold a map of its own.
document.addEventListener("htmx:after:swap", mountAll);
