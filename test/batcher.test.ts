import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Batcher, notYet } from "../src/foundation/batcher.js";

/** A run that is under way until it is let go. */
function heldRun() {
  const batches: number[][] = [];
  const releases: (() => void)[] = [];
  const run = async (items: readonly number[]) => {
    batches.push([...items]);
    await new Promise<void>((resolve) => releases.push(resolve));
    return items.map((item) => item * 10);
  };
  return { batches, run, release: () => releases.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it("runs what came in one turn together, and what comes while it is busy as the next batch", async () => {
  const { batches, run, release } = heldRun();
  const batcher = new Batcher<number, number>({ run });
  const first = [1, 2].map((item) => batcher.submit(item));
  await turn();
  const second = [3, 4, 5].map((item) => batcher.submit(item));
  await turn();
  expect(batches).toEqual([[1, 2]]);
  release();
  expect(await Promise.all(first)).toEqual([10, 20]);
  await turn();
  await turn();
  expect(batches).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  release();
  expect(await Promise.all(second)).toEqual([30, 40, 50]);
});

it("keeps to its largest batch and to its concurrency", async () => {
  const { batches, run, release } = heldRun();
  const batcher = new Batcher<number, number>({
    run,
    maxBatch: 2,
    concurrency: 2,
  });
  const all = [1, 2, 3, 4, 5].map((item) => batcher.submit(item));
  await turn();
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
  release();
  release();
  await turn();
  await turn();
  release();
  expect(await Promise.all(all)).toEqual([10, 20, 30, 40, 50]);
});

it("turns away what is past its bound with UNAVAILABLE, counts it, and runs nothing of it", async () => {
  const { batches, run, release } = heldRun();
  let refused = 0;
  const batcher = new Batcher<number, number>({
    run,
    maxWaiting: 2,
    onOverload: () => refused++,
  });
  const first = batcher.submit(1);
  await turn();
  const waiting = [batcher.submit(2), batcher.submit(3)];
  await expect(batcher.submit(4)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  expect(refused).toBe(1);
  release();
  await first;
  await turn();
  await turn();
  release();
  expect(await Promise.all(waiting)).toEqual([20, 30]);
  expect(batches.flat()).not.toContain(4);
});

it("runs items of one key once, for all who asked", async () => {
  const ran: string[] = [];
  const batcher = new Batcher<string, string>({
    keyOf: (item) => item,
    run: (items) => {
      ran.push(...items);
      return Promise.resolve(items.map((item) => item.toUpperCase()));
    },
  });
  expect(
    await Promise.all(["a", "b", "a"].map((item) => batcher.submit(item))),
  ).toEqual(["A", "B", "A"]);
  expect(ran).toEqual(["a", "b"]);
});

it("lets no bad item spoil another, wherever it stands", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      async (bad) => {
        const batcher = new Batcher<number, number>({
          isOneItemsFault: () => true,
          run: (items) =>
            items.some((item) => bad[item])
              ? Promise.reject(new Error("a bad item"))
              : Promise.resolve(items.map((item) => item)),
        });
        const results = await Promise.allSettled(
          bad.map((_, item) => batcher.submit(item)),
        );
        expect(results.map(({ status }) => status === "rejected")).toEqual(bad);
      },
    ),
  );
});

it("does not try again what is no item's fault", async () => {
  let runs = 0;
  const batcher = new Batcher<number, number>({
    isOneItemsFault: () => false,
    run: () => {
      runs++;
      return Promise.reject(new Error("the database is away"));
    },
  });
  const results = await Promise.allSettled(
    [1, 2, 3].map((item) => batcher.submit(item)),
  );
  expect(results.every(({ status }) => status === "rejected")).toBe(true);
  expect(runs).toBe(1);
});

it("answers UNAVAILABLE to what has waited for too long, and never runs it", async () => {
  const { batches, run, release } = heldRun();
  let refused = 0;
  const batcher = new Batcher<number, number>({
    run,
    maxWaitMs: 30,
    onOverload: () => refused++,
  });
  const first = batcher.submit(1);
  await turn();
  await expect(batcher.submit(2)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  expect(refused).toBe(1);
  const third = batcher.submit(3);
  release();
  expect(await first).toBe(10);
  await turn();
  await turn();
  release();
  expect(await third).toBe(30);
  expect(batches).toEqual([[1], [3]]);
});

it("runs what a run answers with 'not yet' again, before all that came later", async () => {
  const batches: number[][] = [];
  const batcher = new Batcher<number, number>({
    maxBatch: 2,
    run: async (items) => {
      batches.push([...items]);
      return items.map((item) => (batches.length === 1 ? notYet : item * 10));
    },
  });
  const all = [1, 2, 3].map((item) => batcher.submit(item));
  expect(await Promise.all(all)).toEqual([10, 20, 30]);
  expect(batches).toEqual([[1, 2], [1, 2], [3]]);
});

it("ends also what is answered with 'not yet' for ever", async () => {
  let idle = 0;
  const batcher = new Batcher<number, number>({
    maxWaitMs: 30,
    onIdle: () => idle++,
    run: async (items) => {
      await turn();
      return items.map(() => notYet);
    },
  });
  await expect(batcher.submit(1)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  await turn();
  await turn();
  expect(batcher.size).toBe(0);
  expect(idle).toBe(1);
});

it("takes owners in turn where more waits than fits, and each owner's items in their order", async () => {
  const { batches, run, release } = heldRun();
  const batcher = new Batcher<number, number>({
    run,
    maxBatch: 4,
    ownerOf: (item) => `owner ${Math.floor(item / 100)}`,
  });
  const first = batcher.submit(900);
  await turn();
  const flood = [100, 101, 102, 103, 104, 105].map((i) => batcher.submit(i));
  const others = [200, 201, 300].map((i) => batcher.submit(i));
  for (let i = 0; i < 4; i++) {
    release();
    await turn();
    await turn();
  }
  await Promise.all([first, ...flood, ...others]);
  expect(batches).toEqual([
    [900],
    [100, 101, 200, 300],
    [102, 103, 104, 201],
    [105],
  ]);
});

it("turns away the newest item of the owner who has most, and not the newcomer's", async () => {
  const { batches, run, release } = heldRun();
  const batcher = new Batcher<number, number>({
    run,
    maxWaiting: 3,
    ownerOf: (item) => `owner ${Math.floor(item / 100)}`,
  });
  const first = batcher.submit(900);
  await turn();
  const flood = [100, 101, 102].map((i) => batcher.submit(i));
  const other = batcher.submit(200);
  await expect(flood[2]).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(batcher.submit(103)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  release();
  await turn();
  await turn();
  release();
  await Promise.all([first, flood[0], flood[1], other]);
  expect(batches).toEqual([[900], [100, 101, 200]]);
});
