let current: string | null = null;

/**
 * Begins work for an owner, whose turn its statements take. Only what the work asks the pool for before it first
 * waits is the owner's: this is how a name gets through Drizzle, which hands on statements at once. A context
 * that follows promises (`AsyncLocalStorage`) would double the price of every `await` of the node.
 */
export function onBehalfOf<T>(owner: string | null, begin: () => T): T {
  const before = current;
  current = owner;
  try {
    return begin();
  } finally {
    current = before;
  }
}

/** Whose work begins now; null for the work of nobody, or of many. */
export function currentOwner(): string | null {
  return current;
}
