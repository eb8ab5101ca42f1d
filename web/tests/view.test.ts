// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { readView, ViewMemory, writeView } from "../src/map/view.ts";

const THERE = { zoom: 6.25, lat: 42.61, lon: -20.93 };

describe("a view in the address", () => {
  it("is read as it was written, to about a pixel", () => {
    expect(readView(writeView(THERE))).toEqual(THERE);
    for (const zoom of [0, 3.5, 9, 15]) {
      const read = readView(writeView({ zoom, lat: 42.123456789, lon: 20.987654321 }));
      const pixel = 360 / (512 * 2 ** zoom);
      expect(Math.abs((read?.lat ?? 0) - 42.123456789)).toBeLessThanOrEqual(pixel);
      expect(Math.abs((read?.lon ?? 0) - 20.987654321)).toBeLessThanOrEqual(pixel);
    }
  });

  it("is none where the address tells of another thing, or of no place on earth", () => {
    for (const hash of ["", "#", "#main", "#map=", "#map=5/42", "#map=5/91/0", "#map=5/0/181", "#map=99/0/0", "#map=x/y/z", "#map=1e9/0/0"]) {
      expect(readView(hash)).toBeNull();
    }
  });
});

describe("the memory of a page", () => {
  beforeEach(() => history.replaceState(null, "", "/map?type=ASSAULT"));

  it("opens on what the address has, and on nothing of its own", () => {
    expect(new ViewMemory().find()).toBeNull();
    history.replaceState(null, "", `/map${writeView(THERE)}`);
    expect(new ViewMemory().find()).toEqual(THERE);
  });

  it("keeps a view over a change of the address, and forgets it when told to", () => {
    const memory = new ViewMemory();
    memory.keep(THERE);
    expect(location.search + location.hash).toBe(`?type=ASSAULT${writeView(THERE)}`);
    history.replaceState(null, "", "/map?type=PROTEST");
    expect(memory.find()).toEqual(THERE);
    memory.keep(memory.find());
    expect(location.search + location.hash).toBe(`?type=PROTEST${writeView(THERE)}`);
    memory.keep(null);
    expect(memory.find()).toBeNull();
    expect(location.hash).toBe("");
  });

  it("leaves alone what else stands in the address", () => {
    history.replaceState(null, "", "/map#main");
    new ViewMemory().keep(null);
    expect(location.hash).toBe("#main");
  });
});
