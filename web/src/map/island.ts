/** One map on one page. */

import {
  addProtocol,
  AttributionControl,
  Map as GlMap,
  NavigationControl,
  Popup,
  ScaleControl,
  type ErrorEvent,
  type MapGeoJSONFeature,
  type MapLibreEvent,
  type GeoJSONSource,
  type LngLatLike,
} from "maplibre-gl";
import { Protocol } from "pmtiles";
import type { FeatureCollection, Position } from "geojson";
import { isDark, watchTheme } from "../theming.ts";
import { clusterSpots, drawMarks, type Mark } from "./clusters.ts";
import { makeFitButton, makeLegend, makePlaceList, showCredit, showNotice, showStatus } from "./furniture.ts";
import { labelPoint } from "./geometry.ts";
import { groupSpots, type MapIncident, type Spot } from "./incidents.ts";
import type { Known } from "./load.ts";
import { chooseView, labelCountries, labelShapes, shadeAreas, sortBoundaries, widenBox, type ShadedAreas, type View } from "./shapes.ts";
import { buildLayers, buildStyle, DARK, LIGHT, type Setting, type SourceName } from "./style.ts";
import { creditOf, STREETS } from "./streets.ts";
import type { ViewMemory } from "./view.ts";
import { findTile, WORLD, type Tiles } from "./world.ts";
import { say } from "../words.ts";
import { nameSpot, renderSections, summarise } from "./words.ts";

/** Layers of areas that carry a count: the desk's own shapes, and whole countries. */
const SHADING = ["areas", "area-countries"] as const;
const WORLD_VIEW = [-170, -58, 180, 78] as const;
/** Degrees: a single incident is shown with the land around it, not as a dot on a blank. */
const LEAST_VIEW = 1.2;
/** With streets to show, as near as a small town. */
const LEAST_VIEW_STREETS = 0.12;

// The operator's street map is read from this desk's own address, a few kilobytes at a time.
addProtocol("pmtiles", new Protocol().tile);
// The world's tiles came in one file, and are the same for every map of the page.
let world: Tiles = new Map();
addProtocol(WORLD, ({ url }) => Promise.resolve({ data: findTile(world, url) }));

export class MapIsland {
  private readonly spots: readonly Spot[];
  private readonly areas: ShadedAreas;
  private readonly own: ReturnType<typeof sortBoundaries>;
  private readonly view: View;
  private readonly setting: Setting;
  private popup: Popup | null = null;
  private map: GlMap | null = null;
  private marks: readonly Mark[] = [];
  private ended = false;
  private pointed = "";

  constructor(
    private readonly box: HTMLElement,
    private readonly known: Known,
    private readonly point: (incidents: readonly MapIncident[]) => void,
    private readonly memory: ViewMemory,
  ) {
    this.spots = groupSpots(known.incidents);
    this.own = sortBoundaries(known.own);
    this.areas = shadeAreas(known.areas, known.countries, this.own.shapes, this.spots);
    this.view = chooseView(this.spots, this.areas.boxes);
    this.setting = { streets: known.streets.streets, shades: this.areas.countries };
    world = known.tiles;
  }

  /** Draws the map; raises where the browser has no WebGL. */
  start(): void {
    const map = (this.map = this.makeMap());
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl({ onAdd: () => makeFitButton(() => this.showAll(map)), onRemove: () => undefined }, "top-right");
    map.addControl(new ScaleControl({}), "bottom-left");
    map.addControl(new AttributionControl({ compact: true, customAttribution: say("map-note") }), "bottom-right");
    this.foldNote();
    // Tests and screenshots wait for this: everything that was given is drawn.
    void map.once("idle").then(() => (this.box.dataset["mapReady"] = ""));
    this.listen(map);
    this.furnish(map);
    watchTheme((dark) => this.ended || repaint(map, dark, this.setting));
    if (this.known.streets.streets) showCredit(this.box, creditOf(this.known.streets.streets));
    if (this.known.streets.problem) this.tellStreets(this.known.streets.problem);
    const { shaded, unshaped } = this.areas;
    showStatus(this.box, summarise(this.known.incidents, this.spots, shaded, unshaped, this.view.outside));
  }

  /** Takes the map off the page, so that the browser can draw another. */
  remove(): void {
    this.ended = true;
    this.map?.remove();
    this.map = null;
  }

  private tellStreets(problem: string): void {
    showNotice(this.box, say("no-streets", { why: problem }));
  }

  /** The library opens its note over the map; the page has one of its own, so this one starts folded. */
  private foldNote(): void {
    const note = this.box.querySelector(".maplibregl-ctrl-attrib");
    note?.removeAttribute("open");
    note?.classList.remove("maplibregl-compact-show");
  }

  /** What holds all that is shown, with room around it. */
  private fitting(): { readonly bounds: [number, number, number, number]; readonly options: { padding: number; maxZoom: number } } {
    const padding = Math.round(Math.min(this.box.clientWidth, this.box.clientHeight) * 0.12);
    const { box } = this.view;
    const { streets } = this.known.streets;
    const bounds = box ? widenBox(box, streets ? LEAST_VIEW_STREETS : LEAST_VIEW) : WORLD_VIEW;
    return { bounds: [...bounds], options: { padding, maxZoom: streets ? 14 : 10 } };
  }

  private showAll(map: GlMap): void {
    const { bounds, options } = this.fitting();
    map.fitBounds(bounds, options);
    this.memory.keep(null);
  }

  private makeMap(): GlMap {
    const { streets } = this.known.streets;
    const { bounds, options } = this.fitting();
    const chosen = this.memory.find();
    const map = new GlMap({
      container: this.box,
      ...(chosen ? { center: [chosen.lon, chosen.lat] as [number, number], zoom: chosen.zoom } : { bounds, fitBoundsOptions: options }),
      // Names that fade in would hold up the first picture.
      fadeDuration: 0,
      attributionControl: false,
      locale: {
        "Map.Title": say("map-name"),
        "NavigationControl.ZoomIn": say("zoom-in"),
        "NavigationControl.ZoomOut": say("zoom-out"),
        "AttributionControl.ToggleAttribution": say("toggle-note"),
      },
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxZoom: streets ? 18 : 15,
      reduceMotion: matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    // The filter may have put an address without the view in the place of the one before.
    if (chosen) this.memory.keep(chosen);
    // Now that the zoom is known the marks are drawn with all else, not in a second round.
    map.setStyle(buildStyle(isDark() ? DARK : LIGHT, this.draw(this.cluster(map)), this.setting));
    return map;
  }

  private draw(marks: FeatureCollection): Record<SourceName, FeatureCollection> {
    const collect = (features: FeatureCollection["features"]): FeatureCollection => ({
      type: "FeatureCollection",
      features,
    });
    const ownNamed = this.own.shapes.filter((shape) => shape.properties?.["kind"] !== "water");
    // A shaded area bears its name with its count.
    const counted = new Set(this.areas.shaded.map((area) => area.name));
    const named = [...labelCountries(this.known.countries), ...labelShapes(ownNamed), ...this.own.labels];
    const names = named.filter((label) => !counted.has(String(label.properties?.["name"])));
    return {
      // A mission's areas lie over land and sea that is drawn already: only the invented island needs ground.
      own: collect(this.own.shapes.filter((shape) => shape.properties?.["isMission"] !== true)),
      "own-lines": collect(this.own.lines),
      names: collect(names),
      areas: this.areas.shapes,
      "area-labels": this.areas.labels,
      spots: marks,
    };
  }

  /** Marks for the zoom level; nearer spots come apart as the reader zooms in. */
  private cluster(map: GlMap): FeatureCollection {
    this.marks = clusterSpots(this.spots, map.getZoom());
    return drawMarks(this.marks, this.spots);
  }

  private listen(map: GlMap): void {
    map.on("zoomend", () => void map.getSource<GeoJSONSource>("spots")?.setData(this.cluster(map)));
    // A map that fits itself to its room has not been moved by anybody.
    map.on("moveend", (moved: MapLibreEvent<unknown> & { isChosen?: boolean }) => {
      if (!moved.originalEvent && !moved.isChosen) return;
      const { lng, lat } = map.getCenter();
      this.memory.keep({ zoom: map.getZoom(), lat, lon: lng });
    });
    map.on("error", (fault: ErrorEvent & { sourceId?: string }) => {
      if (fault.sourceId === STREETS) this.tellStreets(say("part-unread", { why: fault.error.message }));
      else console.error(fault.error);
    });
    map.on("click", (press) => {
      // A few pixels of grace: small dots are hard to hit.
      const { x, y } = press.point;
      const near: [[number, number], [number, number]] = [
        [x - 4, y - 4],
        [x + 4, y + 4],
      ];
      // Marks of two countries may lie on one another: all that lie under the pointer are opened.
      const hit = map.queryRenderedFeatures(near, { layers: ["spots"] }).map((one) => Number(one.properties["index"]));
      if (hit.length > 0) return this.openMarks(map, [...new Set(hit)]);
      const layers = SHADING.filter((layer) => map.getLayer(layer));
      const area = layers.length > 0 ? map.queryRenderedFeatures(press.point, { layers })[0] : undefined;
      if (area) this.openArea(map, this.indexOf(area), press.lngLat);
    });
    for (const layer of ["spots", ...SHADING] as const) {
      map.on("mousemove", layer, (move) => {
        map.getCanvas().style.cursor = "pointer";
        this.pointAt(layer, this.indexOf(move.features?.[0]));
      });
      map.on("mouseleave", layer, () => {
        map.getCanvas().style.cursor = "";
        this.pointAt(layer, -1);
      });
    }
  }

  /** Which mark or area a drawn thing stands for: its own index, or that under which its country is counted. */
  private indexOf(drawn: MapGeoJSONFeature | undefined): number {
    const { index, country } = drawn?.properties ?? {};
    return typeof index === "number" ? index : (this.areas.countries.get(String(country))?.index ?? -1);
  }

  /** Tells the page which incidents the pointer is on, each time that it comes onto others. */
  private pointAt(layer: "spots" | (typeof SHADING)[number], index: number): void {
    const key = `${layer} ${index}`;
    if (key === this.pointed) return;
    this.pointed = key;
    const spots = this.marks[index]?.spots ?? [];
    this.point(layer !== "spots" ? (this.areas.shaded[index]?.incidents ?? []) : spots.flatMap((spot) => this.spots[spot]?.incidents ?? []));
  }

  private furnish(map: GlMap): void {
    const canvas = map.getCanvas();
    canvas.setAttribute("aria-label", say("map-label"));
    const places = makePlaceList(
      this.spots,
      this.areas.shaded,
      (index) => this.openSpot(map, index),
      (index) => this.openArea(map, index, null),
    );
    this.box.append(makeLegend(this.box), places);
  }

  private openMarks(map: GlMap, indices: readonly number[]): void {
    const marks = indices.map((index) => this.marks[index]).filter((mark) => mark !== undefined);
    const spots = marks.flatMap((mark) => mark.spots.map((index) => this.spots[index] as Spot));
    const first = marks[0];
    if (first) this.show(map, asLngLat(first.point), renderSections(spots.map(describeSpot)));
  }

  private openSpot(map: GlMap, index: number): void {
    const spot = this.spots[index];
    if (!spot) return;
    const at = asLngLat(spot.point);
    map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 7) }, { isChosen: true });
    this.show(map, at, renderSections([describeSpot(spot)]));
  }

  private openArea(map: GlMap, index: number, at: LngLatLike | null): void {
    const area = this.areas.shaded[index];
    const shape = this.areas.shapes.features.find((one) => one.properties?.["index"] === index);
    const label = this.areas.labels.features.find((one) => one.properties?.["index"] === index);
    if (!area) return;
    const inside = shape ? labelPoint(shape.geometry) : label?.geometry.coordinates;
    const where = at ?? (inside && asLngLat(inside));
    if (!where) return;
    if (!at) map.easeTo({ center: where }, { isChosen: true });
    this.show(map, where, renderSections([{ heading: area.name, incidents: area.incidents, area }]));
  }

  private show(map: GlMap, at: LngLatLike, content: HTMLElement): void {
    this.popup?.remove();
    // no wider than the map, or it would be cut on a telephone wherever it opens
    const maxWidth = `min(22rem, ${Math.max(160, this.box.clientWidth - 24)}px)`;
    this.popup = new Popup({ maxWidth, focusAfterOpen: true }).setLngLat(at).setDOMContent(content).addTo(map);
  }
}

function describeSpot(spot: Spot): { heading: string; incidents: Spot["incidents"]; area: null } {
  return { heading: nameSpot(spot), incidents: spot.incidents, area: null };
}

function asLngLat([lon = 0, lat = 0]: Position): [number, number] {
  return [lon, lat];
}

/** Gives every layer the colours of the theme; sources and view stay as they are. */
function repaint(map: GlMap, dark: boolean, setting: Setting): void {
  for (const layer of buildLayers(dark ? DARK : LIGHT, setting)) {
    if (!map.getLayer(layer.id)) continue;
    for (const [name, value] of Object.entries(layer.paint ?? {})) {
      map.setPaintProperty(layer.id, name as Parameters<GlMap["setPaintProperty"]>[1], value as never);
    }
  }
}
