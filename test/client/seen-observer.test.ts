import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createSeenObserver,
  type SeenObserverOptions,
} from "../../packages/client/src/index.js";
import { FakeBrowser } from "./support/fake-browser.js";
import { message } from "./support/marks.js";

let browser: FakeBrowser;
let marks: string[];
beforeEach(() => {
  browser = new FakeBrowser();
  marks = [];
});
afterEach(() => vi.unstubAllGlobals());

function seenObserver(options: Partial<SeenObserverOptions> = {}) {
  return createSeenObserver({
    queue: {
      read: ({ id }) => marks.push(`read ${id}`),
      readUpTo: ({ id }) => marks.push(`up to ${id}`),
    },
    ...options,
  });
}

/** So many elements, each of a message. */
function list(observer: ReturnType<typeof seenObserver>, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const element = browser.element();
    const unobserve = observer.observe(element, message(i + 1));
    return { element, unobserve };
  });
}

const whole = { ratio: 1, height: 40 };

describe("a seen observer", () => {
  it("marks up to the newest message in view", () => {
    const [a, b, c] = list(seenObserver(), 4).map(({ element }) => element);
    if (!a || !b || !c) throw new Error("no elements");
    expect(marks).toEqual([]);
    browser.scroll([b, whole], [a, whole]);
    browser.scroll([c, whole]);
    expect(marks).toEqual(["up to c2", "up to c3"]);
  });

  it("marks each message that was in view, in mode `each`", () => {
    const [a, , c] = list(seenObserver({ mode: "each" }), 3);
    if (!a || !c) throw new Error("no elements");
    browser.scroll([c.element, whole]);
    browser.scroll([a.element, whole]);
    expect(marks).toEqual(["read c3", "read c1"]);
  });

  it("marks a message once, and then watches it no more", () => {
    const [a] = list(seenObserver(), 1);
    if (!a) throw new Error("no elements");
    browser.scroll([a.element, whole]);
    browser.scroll([a.element, { ratio: 0 }]);
    browser.scroll([a.element, whole]);
    expect(marks).toEqual(["up to c1"]);
    expect(browser.watched).toBe(0);
  });

  it("waits until half of it is in view, or as much as is asked for", () => {
    const [a] = list(seenObserver(), 1);
    const [b] = list(seenObserver({ threshold: 0.9 }), 1);
    if (!a || !b) throw new Error("no elements");
    browser.scroll([a.element, { ratio: 0.45, height: 20 }]);
    browser.scroll([b.element, { ratio: 0.85, height: 20 }]);
    expect(marks).toEqual([]);
    browser.scroll([a.element, { ratio: 0.5, height: 20 }]);
    expect(marks).toEqual(["up to c1"]);
  });

  it("takes a message higher than the screen as seen once it fills half of that", () => {
    const [a] = list(seenObserver(), 1);
    if (!a) throw new Error("no elements");
    browser.scroll([a.element, { ratio: 0.1, height: 250 }]);
    expect(marks).toEqual([]);
    browser.scroll([a.element, { ratio: 0.15, height: 300 }]);
    expect(marks).toEqual(["up to c1"]);
  });

  it("marks nothing while the document is hidden, and what is in view once it is shown", () => {
    const [a, b] = list(seenObserver(), 2);
    if (!a || !b) throw new Error("no elements");
    browser.hide();
    browser.scroll([a.element, whole], [b.element, whole]);
    expect(marks).toEqual([]);
    browser.scroll([b.element, { ratio: 0 }]);
    browser.show();
    expect(marks).toEqual(["up to c1"]);
  });

  it("marks nothing while another window has the focus", () => {
    const [a] = list(seenObserver(), 1);
    if (!a) throw new Error("no elements");
    browser.blur();
    browser.scroll([a.element, whole]);
    browser.show();
    expect(marks).toEqual([]);
    browser.focus();
    expect(marks).toEqual(["up to c1"]);
  });

  it("keeps conversations apart", () => {
    const observer = seenObserver();
    browser.blur();
    const [a, b] = [browser.element(), browser.element()];
    observer.observe(a, message(3, "c"));
    observer.observe(b, message(2, "d"));
    browser.scroll([a, whole], [b, whole]);
    browser.focus();
    expect(marks.sort()).toEqual(["up to c3", "up to d2"]);
  });

  it("does not mark what is no longer watched, or was given another message", () => {
    const observer = seenObserver();
    const element = browser.element();
    const unobserveFirst = observer.observe(element, message(1));
    observer.observe(element, message(2));
    unobserveFirst();
    browser.scroll([element, whole]);
    expect(marks).toEqual(["up to c2"]);
    const [a] = list(observer, 1);
    a?.unobserve();
    if (a) browser.scroll([a.element, whole]);
    expect(marks).toEqual(["up to c2"]);
  });

  it("ends with close()", () => {
    const observer = seenObserver();
    const [a] = list(observer, 1);
    browser.blur();
    if (a) browser.scroll([a.element, whole]);
    observer.close();
    browser.focus();
    expect([marks, browser.watched]).toEqual([[], 0]);
  });
});
