import { setTimeout as delay } from "node:timers/promises";
import Table from "cli-table3";
import { onTestFinished } from "vitest";
import { World } from "./world.js";

/** What a fault is given to work with. */
export interface Trouble {
  readonly world: World;
  /** Lets every client keep cursors. */
  keep(): Promise<void>;
  /** Adds to the fault's name in the table. */
  note(text: string): void;
}

/** What a fault has done. */
export interface Verdict {
  readonly title: string;
  readonly world: World;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly wrong: readonly string[];
  /** Cursors that were kept, and how many of them led to a reset. */
  readonly cursors: number;
  readonly cursorsReset: number;
  /** How often subscribers and cursors were told to read anew. */
  readonly resets: number;
  /** From the end of the fault until every subscriber knew the truth. */
  readonly rightMs: number;
}

/**
 * Runs a fault under load, and compares everything that was acknowledged, every subscriber and every
 * cursor with what is there afterwards.
 * @param loadMs how long clients work before the fault, and after it
 * @param inflict resolves when the fault is over: from then on the time until all is right is taken
 */
export async function underLoad(
  {
    url,
    name,
    label,
    loadMs,
  }: { url: string; name: string; label: string; loadMs: number },
  inflict: (trouble: Trouble) => Promise<void>,
): Promise<Verdict> {
  const world = await World.open(url, name);
  // A test that ends before its world is closed leaves no load behind.
  onTestFinished(() => world.close());
  const keeping: Promise<void>[] = [];
  world.start();
  await delay(loadMs);
  await world.keep("before the fault");
  let title = label;
  await inflict({
    world,
    note(text) {
      title += ` (${text})`;
    },
    async keep() {
      keeping.push(world.keep("during the fault"));
      await delay(300);
    },
  });
  const overMs = performance.now();
  await world.stop();
  await world.untilRight();
  const rightMs = performance.now() - overMs;

  world.start();
  await Promise.all([...keeping, world.keep("after the fault"), delay(loadMs)]);
  await world.stop();
  const truth = await world.untilRight();
  const { replayed, resets } = await world.replay();
  await world.close();
  return {
    ...{ title, world, ...world.judge(truth) },
    ...{ cursors: replayed, cursorsReset: resets, rightMs },
    resets: resets + world.resets,
  };
}

/** One table of verdicts; `column` stands beside the fault. */
export function tableOf(
  verdicts: readonly (Verdict & { readonly bus?: string })[],
): string {
  const hasBus = verdicts.some(({ bus }) => bus !== undefined);
  const table = new Table({
    head: [
      ...["fault", ...(hasBus ? ["bus"] : []), "clients", "acknowledged"],
      ...["tried again", "lost", "doubled", "wrong"],
      ...["cursors", "of them reset", "resets", "ms until right"],
    ],
    style: { head: [], border: [] },
  });
  for (const one of verdicts) {
    const { title, bus, world, lost, doubled, wrong } = one;
    table.push([
      ...[title, ...(bus === undefined ? [] : [bus])],
      ...[world.followers.length, world.acknowledged, world.retries],
      ...[lost.length, doubled.length, wrong.length],
      ...[one.cursors, one.cursorsReset, world.resets, Math.round(one.rightMs)],
    ]);
  }
  return table.toString();
}
