/** The number of messages that arrive while a recipient is away. */
export const blockSize = 50;

/** The number of messages of a block that the recipient reads one by one. The rest is read in a run. */
const singlesInBlock = 5;

/** One step of reading: a message of a block, by its place from 1, or everything up to it. */
export interface Step {
  readonly place: number;
  readonly upTo: boolean;
}

/** How a recipient reads a block, step by step. */
export type Habit = (random: () => number) => readonly Step[];

/** Reads single messages anywhere, as from notifications and searches, and then the rest: a run with gaps. */
export const hereAndThere: Habit = (random) => {
  const places = new Set<number>();
  while (places.size < singlesInBlock)
    places.add(1 + Math.floor(random() * blockSize));
  const singles = [...places].map((place) => ({ place, upTo: false }));
  return [...singles, { place: blockSize, upTo: true }];
};

/** Catches up in a run when the app is opened, and then reads each message as it arrives. */
export const asTheyCome: Habit = () => {
  const caughtUp = blockSize - singlesInBlock;
  const singles = Array.from({ length: singlesInBlock }, (_, i) => ({
    place: caughtUp + 1 + i,
    upTo: false,
  }));
  return [{ place: caughtUp, upTo: true }, ...singles];
};

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
