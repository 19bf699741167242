import { expect, it } from "vitest";
import { Turns } from "../src/foundation/turns.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Turns, and work that lasts until it is let go. */
function heldTurns(limit: number) {
  const started: string[] = [];
  const waits = new Map<string, number>();
  const releases = new Map<string, () => void>();
  const turns = new Turns({
    limit,
    first: { longestMs: 100, rotationMs: 500 },
    later: { longestMs: 1_000, rotationMs: 2_000 },
  });
  return {
    started,
    waits,
    ask: (name: string, isFirst: boolean) =>
      turns.take(isFirst, async (waitMs) => {
        started.push(name);
        waits.set(name, waitMs);
        await new Promise<void>((resolve) => releases.set(name, resolve));
      }),
    async end(name: string) {
      releases.get(name)?.();
      await turn();
    },
  };
}

it("first turns go before later ones, and each kind leaves the other a place", async () => {
  const { started, ask, end } = heldTurns(3);
  const all = ["a", "b", "c"].map((name) => ask(name, false));
  await turn();
  expect(started).toEqual(["a", "b"]);
  all.push(ask("x", true), ask("y", true));
  await turn();
  expect(started).toEqual(["a", "b", "x"]);
  await end("a");
  expect(started).toEqual(["a", "b", "x", "y"]);
  all.push(ask("z", true));
  await end("b");
  expect(started).toEqual(["a", "b", "x", "y", "c"]);
  for (const name of ["x", "y", "c", "z"]) await end(name);
  await Promise.all(all);
});

it("turns are the shorter the more of them are asked for", async () => {
  const { waits, ask, end } = heldTurns(3);
  const names = Array.from({ length: 40 }, (_, i) => `${i}`);
  const all = names.map((name) => ask(name, false));
  await turn();
  expect(waits.get("0")).toBe(100);
  for (const name of names) await end(name);
  await Promise.all(all);
  expect(waits.get("39")).toBe(1_000);
});

it("work that fails gives its turn back", async () => {
  const turns = new Turns({
    limit: 2,
    first: { longestMs: 1, rotationMs: 1 },
    later: { longestMs: 1, rotationMs: 1 },
  });
  for (let i = 0; i < 5; i++)
    await expect(
      turns.take(true, () => Promise.reject(new Error("it failed"))),
    ).rejects.toThrow("it failed");
  expect(await turns.take(true, () => Promise.resolve("done"))).toBe("done");
});
