import { expect, it } from "vitest";
import {
  createCommitHorizon,
  type ClockReading,
} from "../src/stream/commit-horizon.js";

const overlapMs = 60_000;

/** A horizon whose clock says what it is told to. */
function horizonOf(...readings: ClockReading[]) {
  let taken = 0;
  const horizon = createCommitHorizon({
    overlapMs,
    clock: () => {
      const reading = readings[Math.min(taken++, readings.length - 1)];
      if (!reading) throw new Error("no reading");
      return Promise.resolve(reading);
    },
  });
  return { horizon, taken: () => taken };
}

const at = 1_000_000;

it("goes back by the overlap where the clock was not read before", async () => {
  const { horizon } = horizonOf({ nowMs: at + 10, settledMs: at + 10 });
  expect(horizon.settledAt(at)).toBe(at - overlapMs);
  await horizon.read();
  expect(horizon.settledAt(at)).toBe(at - overlapMs);
  expect(horizon.settledAt(at + 10)).toBe(at + 10 - overlapMs);
});

it("takes the newest reading that was over before the database was read", async () => {
  const { horizon } = horizonOf(
    { nowMs: at, settledMs: at - 5 },
    { nowMs: at + 200, settledMs: at + 100 },
    { nowMs: at + 400, settledMs: at + 400 },
  );
  for (let i = 0; i < 3; i++) await horizon.read();
  expect(horizon.settledAt(at + 1)).toBe(at - 5);
  expect(horizon.settledAt(at + 300)).toBe(at + 100);
  expect(horizon.settledAt(at + 500)).toBe(at + 400);
});

it("never goes back further than a transaction may last, however old one is", async () => {
  const { horizon } = horizonOf({ nowMs: at, settledMs: at - 10 * overlapMs });
  await horizon.read();
  expect(horizon.settledAt(at + 1)).toBe(at + 1 - overlapMs);
});

it("keeps fresh by one reading for all who ask at once", async () => {
  const { horizon, taken } = horizonOf({ nowMs: at, settledMs: at });
  await Promise.all(Array.from({ length: 10 }, () => horizon.keepFresh()));
  await horizon.keepFresh();
  expect(taken()).toBe(1);
});

it("goes on after a reading that failed", async () => {
  let isDown = true;
  const horizon = createCommitHorizon({
    overlapMs,
    clock: () =>
      isDown
        ? Promise.reject(new Error("down"))
        : Promise.resolve({ nowMs: at, settledMs: at }),
  });
  await expect(horizon.keepFresh()).rejects.toThrow("down");
  isDown = false;
  await horizon.keepFresh();
  expect(horizon.settledAt(at + 1)).toBe(at);
});
