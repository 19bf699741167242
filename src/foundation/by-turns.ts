/** Items that were chosen, and the others; both in the order in which they came. */
export interface Chosen<Item> {
  readonly taken: Item[];
  readonly left: Item[];
}

/**
 * Chooses items by turns between their owners: the first item of each owner, then the second of each, and so
 * on. Of one owner's items those that came first are taken first.
 * @param ownerOf null for an item of nobody, or of many: it is taken as the only one of its owner
 * @param count how many are taken
 */
export function byTurns<Item>(
  items: readonly Item[],
  ownerOf: (item: Item) => string | null,
  count: number,
): Chosen<Item> {
  const rounds: number[][] = [];
  const seen = new Map<string, number>();
  items.forEach((item, i) => {
    const owner = ownerOf(item);
    const round = owner === null ? 0 : (seen.get(owner) ?? 0);
    if (owner !== null) seen.set(owner, round + 1);
    (rounds[round] ??= []).push(i);
  });
  const chosen = new Set(rounds.flat().slice(0, count));
  return {
    taken: items.filter((_, i) => chosen.has(i)),
    left: items.filter((_, i) => !chosen.has(i)),
  };
}

/**
 * Whose item has to go where one more of `newcomer`'s does not fit: the newest of the owner who has most.
 * @returns its index; null where that is the newcomer's own, which then does not come in
 */
export function newestOfMost<Item>(
  items: readonly Item[],
  ownerOf: (item: Item) => string | null,
  newcomer: string | null,
): number | null {
  const counts = new Map<string, number>();
  let most: string | null = null;
  const countOf = (owner: string | null) =>
    owner === null ? 0 : (counts.get(owner) ?? 0);
  for (const item of items) {
    const owner = ownerOf(item);
    if (owner === null) continue;
    counts.set(owner, countOf(owner) + 1);
    if (countOf(owner) > countOf(most)) most = owner;
  }
  if (most === null || countOf(most) <= countOf(newcomer) + 1) return null;
  return items.findLastIndex((item) => ownerOf(item) === most);
}
