// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { markSeen, showWhetherAll, tickAll } from "../src/inbox.ts";
import { pressInRow, startKeyboard } from "../src/keyboard.ts";
import { interpretKey, readKeyMap, shownKey, translateKey } from "../src/keys.ts";

const map = (changed: Record<string, string>, isOff = false): ReturnType<typeof readKeyMap> => readKeyMap(JSON.stringify(changed), isOff);

describe("changed keys", () => {
  it("stand for the key as it comes, which then stands for nothing", () => {
    const keys = map({ j: "n", n: "ü" });
    expect(translateKey("n", keys)).toBe("j");
    expect(translateKey("ü", keys)).toBe("n");
    expect(translateKey("j", keys)).toBeNull();
    expect(translateKey("k", keys)).toBe("k");
    expect([shownKey("j", keys), shownKey("k", keys)]).toEqual(["n", "k"]);
  });

  it("can be exchanged", () => {
    const keys = map({ j: "k", k: "j" });
    expect(["j", "k"].map((key) => translateKey(key, keys))).toEqual(["k", "j"]);
  });

  it("do nothing when they are turned off, but Enter, Escape and the arrows do", () => {
    const keys = map({}, true);
    for (const key of ["j", "?", "/", "ü"]) expect(translateKey(key, keys)).toBeNull();
    for (const key of ["Enter", "Escape", "ArrowDown"]) expect(translateKey(key, keys)).toBe(key);
  });

  it.each([undefined, "", "no JSON", "[]", "7", "null", '{"j": 3}', '{"j": "ab"}'])("are as they come where %o is kept", (text) => {
    const keys = readKeyMap(text, false);
    expect(translateKey("j", keys)).toBe("j");
  });

  it("mean on a page what the key that comes means", () => {
    const press = { withModifier: false, inField: false, inDialog: false, onControl: false, inRows: false, afterGo: false };
    expect(interpretKey({ key: translateKey("J", map({ e: "J" })) ?? "", ...press })).toEqual({ kind: "press", key: "e" });
  });
});

const FORM = `
  <form action="/inbox/marks" data-said="Marked read"><input type="hidden" name="token" value="t">
    <input type="checkbox" name="all" value="1" data-tick-all>
    <p data-row><input type="checkbox" name="incident" value="inc_a:1"><a class="row-link" href="#a">a</a></p>
    <p data-row><input type="checkbox" name="incident" value="inc_b:2"><a class="row-link" href="#b">b</a></p>
    <button type="button" name="action" value="read" data-shortcut="e" data-on-row>Mark read</button></form>`;

describe("the inbox's form", () => {
  let form: HTMLFormElement;
  let boxes: HTMLInputElement[];
  beforeEach(() => {
    document.body.innerHTML = FORM;
    delete document.body.dataset["keys"];
    form = document.querySelector("form") as HTMLFormElement;
    boxes = [...form.querySelectorAll<HTMLInputElement>("[name=incident]")];
  });

  it("ticks all rows, and says so only while all are ticked", () => {
    tickAll(form, true);
    expect(boxes.map((box) => box.checked)).toEqual([true, true]);
    showWhetherAll(form);
    const all = form.querySelector("[data-tick-all]") as HTMLInputElement;
    expect(all.checked).toBe(true);
    (boxes[0] as HTMLInputElement).checked = false;
    showWhetherAll(form);
    expect(all.checked).toBe(false);
  });

  it("is meant for the marked row where none is ticked, under whatever key", () => {
    startKeyboard();
    document.body.dataset["keys"] = '{"e": "y"}';
    (form.querySelectorAll("a")[1] as HTMLAnchorElement).focus();
    const key = (pressed: string): boolean => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: pressed, bubbles: true, cancelable: true }));
    key("e");
    expect(boxes.some((box) => box.checked)).toBe(false);
    key("y");
    expect(boxes.map((box) => box.checked)).toEqual([false, true]);
  });

  it("is sent in the background with its token, and says what came of it", async () => {
    const send = vi.fn(async () => new Response(null, { status: 200 }));
    await markSeen(form, send as unknown as typeof fetch);
    const [address, given] = send.mock.calls[0] as unknown as [string, { body: URLSearchParams; headers: Record<string, string> }];
    expect(address).toBe("/inbox/marks");
    expect(given.headers["hx-request"]).toBe("true"); // or the way to sign in would look like a success
    expect([...given.body]).toEqual([["token", "t"], ["action", "read"]]);
    expect(form.querySelector("[role=status]")?.textContent).toBe("Marked read");
  });

  it.each([async () => new Response(null, { status: 403 }), async () => Promise.reject(new TypeError("no network"))])("keeps its button where that failed", async (send) => {
    await markSeen(form, send as unknown as typeof fetch);
    expect(form.querySelector("button")).not.toBeNull();
  });
});

describe("a key that means the row one is on", () => {
  beforeEach(() => {
    document.body.innerHTML = `<button data-shortcut="a">all</button>
      <article data-row id="one"><a href="#x">x</a><button data-row-shortcut="a">one</button></article>
      <article data-row id="two"><a href="#y">y</a></article>`;
  });

  it("presses what the row has, and nothing of another row", () => {
    const pressed: string[] = [];
    document.addEventListener("click", (press) => { if (press.target instanceof HTMLButtonElement) pressed.push(press.target.textContent ?? ""); });
    expect(pressInRow("a")).toBe(false);
    document.querySelector<HTMLAnchorElement>("#one a")?.focus();
    expect(pressInRow("a")).toBe(true);
    document.querySelector<HTMLAnchorElement>("#two a")?.focus();
    expect(pressInRow("a")).toBe(false);
    expect(pressed).toEqual(["one"]);
  });
});
