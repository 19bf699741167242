import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  startWatchedServer,
  type WatchedServer,
} from "../support/watched-server.js";
import { keepCase, keptCases } from "./cases.js";
import { Fuzzer } from "./run.js";
import { conversations, requests, type Step } from "./steps.js";

// Anything at all, against a server in a process of its own. FUZZ_SECONDS says for how long, FUZZ_SEED
// repeats a run.

const seconds = Number(process.env["FUZZ_SECONDS"] ?? 60);
/** Problems that are known and not looked for, as a regular expression: to find others behind them. */
const ignored = process.env["FUZZ_IGNORE"];
const seed = Number(
  process.env["FUZZ_SEED"] ?? Math.trunc(Math.random() * 1e9),
);

/**
 * The longest that the event loop may stand still. The aim is 100 ms; a machine that is busy with other
 * work, and a collection of garbage, add to it. Before there was a gate, single requests took seconds.
 */
const longestStallMs = 1_000;

/** What may be kept after the fuzzing has warmed the server up, in MB: known documents may take 64. */
const keptMb = 96;

const isIgnored = (problem: string) =>
  ignored !== undefined && new RegExp(ignored).test(problem);

const schema = buildSchema(
  readdirSync("schema")
    .filter((name) => name.endsWith(".graphql"))
    .map((name) => readFileSync(`schema/${name}`, "utf8"))
    .join("\n"),
);

let server: WatchedServer;
let fuzzer: Fuzzer;
beforeAll(async () => {
  server = await startWatchedServer();
  fuzzer = await Fuzzer.on(server);
}, 60_000);
afterAll(() => server.close());

describe("what was found before", () => {
  it.each(keptCases())(
    "$name: $found",
    { timeout: 120_000 },
    async ({ steps }) => {
      await server.vitals();
      expect(await fuzzer.problems(steps)).toEqual([]);
      const { stallMs } = await server.vitals();
      expect(stallMs).toBeLessThan(longestStallMs);
    },
  );
});

describe(`what is made up, by the seed ${seed}`, () => {
  let operations = 0;

  /** Lets steps come until the time is over. A failure is made small, and kept as a case. */
  async function fuzz(step: fc.Arbitrary<Step>, ms: number): Promise<void> {
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 30, size: "+1" }),
      async (steps) => {
        operations += steps.length;
        const problems = (await fuzzer.problems(steps)).filter(
          (problem) => !isIgnored(problem),
        );
        if (problems.length > 0) throw new Error(problems.join("\n"));
      },
    );
    const { failed, counterexample, errorInstance } = await fc.check(property, {
      seed,
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: ms,
      markInterruptAsFailure: false,
    });
    if (!failed || !counterexample) return;
    const [steps] = counterexample;
    const found = String(errorInstance).slice(0, 2_000);
    const path = keepCase({ found, seed, steps });
    throw new Error(`${found}\nseed ${seed}, kept as ${path}`);
  }

  it(
    "over HTTP and over sockets: no internal error, no crash, no warning, no stall, no memory that stays",
    { timeout: seconds * 1_000 + 240_000 },
    async () => {
      const parts: [fc.Arbitrary<Step>, number][] = [
        [fc.oneof(requests(schema), conversations(schema)), 0.2],
        [requests(schema), 0.4],
        [conversations(schema), 0.4],
      ];
      const before = await server.vitals();
      let warm = before;
      let worst = 0;
      for (const [i, [step, share]] of parts.entries()) {
        await fuzz(step, seconds * 1_000 * share);
        const now = await server.vitals();
        worst = Math.max(worst, now.stallMs);
        if (i === 0) warm = now;
      }
      const after = await server.vitals();
      console.log(
        [
          `seed ${seed}: ${operations} steps in ${seconds} s`,
          `longest stall ${worst.toFixed(0)} ms`,
          `held ${before.heldMb.toFixed(0)} MB before, ${warm.heldMb.toFixed(0)} MB warm, ${after.heldMb.toFixed(0)} MB after`,
        ].join("; "),
      );
      expect(server.errors).toEqual([]);
      expect(worst).toBeLessThan(longestStallMs);
      expect(after.heldMb - warm.heldMb).toBeLessThan(keptMb);
    },
  );
});
