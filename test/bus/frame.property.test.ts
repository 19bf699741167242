import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Notice } from "../../src/bus/bus.js";
import {
  decodeFrame,
  encodeFrame,
  mostFrameBytes,
} from "../../src/bus/frame.js";

// What one message on the bus holds.

const most = 2 ** 48 - 1;
const id = fc.oneof(
  fc.string({ minLength: 1, maxLength: 128, unit: "grapheme" }),
  fc.constantFrom("*", ">", "a b", ".x", "☃".repeat(128), "😀".repeat(64)),
);
const notice: fc.Arbitrary<Notice> = fc.oneof(
  fc.record({
    kind: fc.constant("conversation" as const),
    conversationId: id,
    version: fc.integer({ min: 0, max: most }),
    xid: fc.option(fc.integer({ min: 3, max: most })),
  }),
  fc.record({
    kind: fc.constantFrom("user" as const, "profile" as const),
    userId: id,
  }),
);
const head = fc.record({
  sender: fc
    .uint8Array({ minLength: 8, maxLength: 8 })
    .map((bytes) => Buffer.from(bytes).toString("hex")),
  number: fc.integer({ min: 0, max: most }),
  isLeaving: fc.boolean(),
});

const example = (notices: readonly Notice[]) =>
  encodeFrame({ sender: "00".repeat(8), number: 7, isLeaving: false }, notices)
    .bytes;
const ofConversation = (conversationId: string): Notice => ({
  ...{ kind: "conversation", conversationId, version: 9, xid: 1_000 },
});

describe("a frame", () => {
  it("says what was written into it, of as many notices as it says that it holds", () => {
    fc.assert(
      fc.property(head, fc.array(notice, { maxLength: 200 }), (head, all) => {
        const { bytes, count } = encodeFrame(head, all);
        expect(bytes.length).toBeLessThanOrEqual(mostFrameBytes);
        expect(decodeFrame(bytes)).toEqual({
          ...head,
          notices: all.slice(0, count),
        });
      }),
    );
  });

  it("has room for a hundred notices with UUIDs, and for eleven with the longest ids", () => {
    const many = Array<Notice>(500).fill(ofConversation(crypto.randomUUID()));
    const long = Array<Notice>(500).fill(ofConversation("😀".repeat(128)));
    const head = { sender: "00".repeat(8), number: 1, isLeaving: false };
    expect(encodeFrame(head, many).count).toBeGreaterThan(100);
    expect(encodeFrame(head, long).count).toBe(11);
  });

  it("in base64 is a payload that Postgres takes", () => {
    expect(Buffer.alloc(mostFrameBytes).toString("base64").length).toBeLessThan(
      7_999,
    );
  });

  it("of another version is told from one that is broken", () => {
    const bytes = example([ofConversation("c")]);
    bytes[0] = 2;
    expect(decodeFrame(bytes)).toBe("unknown version");
  });

  it("that was cut off is never taken for one with other notices", () => {
    const all = [ofConversation("first"), ofConversation("second")];
    const bytes = example(all);
    for (let length = 0; length < bytes.length; length++) {
      const frame = decodeFrame(bytes.subarray(0, length));
      if (typeof frame === "string") expect(frame).toBe("malformed");
      else expect(all.slice(0, frame.notices.length)).toEqual(frame.notices);
    }
  });

  it("of a newer node is read without the entries of a kind that is not known", () => {
    const unknown = Buffer.from([0, 4, 200, 1, 2, 3]);
    const rest = example([ofConversation("c")]).subarray(16);
    const bytes = Buffer.concat([example([]), unknown, rest]);
    expect(decodeFrame(bytes)).toMatchObject({
      notices: [ofConversation("c")],
    });
  });

  it("is never an exception, whatever the bytes", () => {
    const any = fc.uint8Array({ maxLength: 300 });
    const nearly = fc
      .tuple(fc.array(notice, { maxLength: 5 }), fc.nat(), fc.nat(255))
      .map(([all, at, byte]) => {
        const bytes = example(all);
        bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(any, nearly), (bytes) => {
        decodeFrame(Buffer.from(bytes));
      }),
      { numRuns: 1_000 },
    );
  });
});
