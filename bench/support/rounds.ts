/**
 * Runs contenders in turn, A/B/C, C/B/A, …, so that other work on the machine meets all of them. The first
 * round warms up and is dropped.
 * @returns the results of each contender, in order, a value for each round
 */
export async function interleave<Item, Value>(
  items: readonly Item[],
  rounds: number,
  run: (item: Item, round: number) => Promise<Value>,
): Promise<Value[][]> {
  const values: Value[][] = items.map(() => []);
  const order = items.map((item, place) => ({ item, place }));
  for (let round = 0; round <= rounds; round++) {
    for (const { item, place } of order) {
      const value = await run(item, round);
      if (round > 0) values[place]?.push(value);
    }
    order.reverse();
  }
  return values;
}
