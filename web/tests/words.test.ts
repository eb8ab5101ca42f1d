// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { readDictionary, say, sayCode, sayCount } from "../src/words.ts";

const SERBIAN = readDictionary(
  JSON.stringify({
    words: { legend: "Legenda", "go-to": "Idi na: %(page)s" },
    counts: { incident: ["%(num)s incident", "%(num)s incidenta", "%(num)s incidenata"] },
  }),
);

it("strings are English unless the page brings others", () => {
  expect(say("legend")).toBe("Legend");
  expect(say("legend", {}, SERBIAN)).toBe("Legenda");
  expect(say("go-to", { page: "Map" }, SERBIAN)).toBe("Idi na: Map");
  expect(say("close", {}, SERBIAN)).toBe("Close");
  expect(say("go-to", { page: "$& %(page)s" })).toBe("Go to $& %(page)s");
});

it("things are counted by the rules of the language", () => {
  expect([1, 2, 0].map((n) => sayCount("incident", n))).toEqual(["1 incident", "2 incidents", "0 incidents"]);
  const told = [1, 3, 5, 11, 21, 22].map((n) => sayCount("incident", n, SERBIAN, "sr-Latn"));
  expect(told).toEqual(["1 incident", "3 incidenta", "5 incidenata", "11 incidenata", "21 incident", "22 incidenta"]);
});

it("codes of records are said in words, other texts stay", () => {
  expect([sayCode("district"), sayCode("EXERCISE"), sayCode("toString")]).toEqual(["district", "EXERCISE", "toString"]);
});

it("a broken dictionary leaves English", () => {
  for (const text of [undefined, "", "{", "3", "null", '{"words":3}']) expect(readDictionary(text)).toBeNull();
});
