import fc from "fast-check";
import { expect, test } from "vitest";
import { createSeal } from "../src/foundation/seal.js";

const secret = "a secret of thirty-two characters";
const seal = createSeal(secret);

test("R56: whoever has the secret opens what was sealed, and two texts of the same are not equal", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = seal.seal("stream", [value]);
      const json = JSON.stringify([value]);
      expect(JSON.stringify(createSeal(secret).open("stream", text))).toBe(
        json,
      );
      expect(seal.seal("stream", [value])).not.toBe(text);
    }),
  );
});

test("R56: of very many texts no two begin alike, wherever their random bytes are drawn", () => {
  const texts = Array.from({ length: 2_000 }, () => seal.seal("stream", 0));
  expect(new Set(texts.map((text) => text.slice(0, 16))).size).toBe(2_000);
});

test("R56: no text that was changed, or sealed with another secret or for another purpose, is opened", () => {
  const text = seal.seal("stream", ["c", 12]);
  expect(seal.open("list", text)).toBeNull();
  expect(
    createSeal("another secret of 32 characters!").open("stream", text),
  ).toBeNull();
  const bytes = Buffer.from(text, "base64url");
  for (let i = 0; i < bytes.length; i++) {
    const forged = Buffer.from(bytes);
    forged[i] = (forged[i] ?? 0) ^ 1;
    expect(seal.open("stream", forged.toString("base64url"))).toBeNull();
  }
});

test("R56: a sealed text holds nothing of what it stands for, and its length next to nothing", () => {
  const lengths = new Set<number>();
  for (let version = 0; version < 100_000; version += 997) {
    const text = seal.seal("stream", [1, "12:34:", version]);
    expect(Buffer.from(text, "base64url").toString("latin1")).not.toContain(
      "12:34",
    );
    lengths.add(text.length);
  }
  expect(lengths.size).toBe(1);
});

test("a text that is none of ours is opened as null", () => {
  for (const text of ["", "a", "?", "AAAA", "x".repeat(5_000)])
    expect(seal.open("stream", text)).toBeNull();
});
