import { describe, expect, it } from "vitest";
import type { Notice } from "../../src/bus/bus.js";
import { Senders } from "../../src/bus/senders.js";

// How a node notices that something of another node is missing. Times are told to it.

const some: Notice = { kind: "user", userId: "alice" };

/** A sender's frame, with notices unless said otherwise. */
const frame = (
  number: number,
  { isEmpty = false, isLeaving = false } = {},
) => ({
  ...{ sender: "a", number, isLeaving },
  notices: isEmpty ? [] : [some],
});

describe("the senders that a node knows", () => {
  it("are taken as of their first frame", () => {
    const senders = new Senders();
    expect(senders.hear(frame(41), 0)).toBe("unknown");
    expect(senders.hear(frame(42), 1)).toBeNull();
    expect(senders.hear({ ...frame(7), sender: "b" }, 2)).toBe("unknown");
    expect(senders.hear({ ...frame(8), sender: "b" }, 3)).toBeNull();
    expect(senders.hear(frame(43), 4)).toBeNull();
  });

  it("miss a number once, and repeat what they like", () => {
    const senders = new Senders();
    senders.hear(frame(1), 0);
    expect(senders.hear(frame(3), 1)).toBe("gap");
    expect(senders.hear(frame(4), 2)).toBeNull();
    expect(senders.hear(frame(2), 3)).toBeNull();
    expect(senders.hear(frame(4), 4)).toBeNull();
    expect(senders.hear(frame(5), 5)).toBeNull();
  });

  it("that were quiet may turn out to have sent something", () => {
    const senders = new Senders();
    senders.hear(frame(1), 0);
    expect(senders.hear(frame(1, { isEmpty: true }), 1)).toBeNull();
    expect(senders.hear(frame(2, { isEmpty: true }), 2)).toBe("behind");
    expect(senders.hear(frame(2, { isEmpty: true }), 3)).toBeNull();
    expect(senders.hear(frame(3), 4)).toBeNull();
  });

  it("are silent after three seconds, and unknown from then on", () => {
    const senders = new Senders();
    senders.hear(frame(1), 0);
    expect(senders.forgetSilent(2_999)).toBe(0);
    senders.hear(frame(1, { isEmpty: true }), 2_999);
    expect(senders.forgetSilent(5_998)).toBe(0);
    expect(senders.forgetSilent(5_999)).toBe(1);
    expect(senders.forgetSilent(9_999)).toBe(0);
    expect(senders.hear(frame(2), 10_000)).toBe("unknown");
  });

  it("that leave are not silent, and what is missing of them is noticed", () => {
    const senders = new Senders();
    senders.hear(frame(1), 0);
    const leaves = { isEmpty: true, isLeaving: true };
    expect(senders.hear(frame(1, leaves), 1)).toBeNull();
    senders.hear({ ...frame(1), sender: "b" }, 2);
    expect(senders.hear({ ...frame(2, leaves), sender: "b" }, 3)).toBe(
      "behind",
    );
    expect(senders.ages(4).size).toBe(0);
    expect(senders.forgetSilent(9_000)).toBe(0);
  });

  it("are not silent because this process stood still", () => {
    const senders = new Senders();
    senders.hear(frame(1), 0);
    senders.excuse(60_000);
    expect(senders.forgetSilent(62_999)).toBe(0);
    expect(senders.ages(61_000)).toEqual(new Map([["a", 1_000]]));
    expect(senders.forgetSilent(63_000)).toBe(1);
  });
});
