import type { Viewer } from "../auth/viewer.js";
import { batchedReader } from "../foundation/batched-reader.js";
import type { StreamCursor } from "./cursor.js";
import { sees } from "./snapshot.js";
import type { SwitchQueries } from "./switch-queries.js";

/** When users switched what changes their view of others (R20). */
export interface LastSwitch {
  /** The transaction in which a user switched last; 0 where they never have. */
  of(userId: string): Promise<number>;
  /** Whether a viewer has switched since a cursor: what was told up to there shows otherwise now. */
  isAfter(cursor: StreamCursor, viewer: Viewer): Promise<boolean>;
}

/** Makes what knows users' last switches. Those who ask at once share one statement. */
export function createLastSwitch({ switched }: SwitchQueries): LastSwitch {
  const read = batchedReader({
    read: switched,
    keyOf: (userId: string) => userId,
    keyOfRow: ({ userId }) => userId,
  });
  const of = async (userId: string) => (await read(userId))?.xid ?? 0;
  return {
    of,
    isAfter: async ({ snapshot }, { isService, userId }) =>
      !isService && !sees(snapshot, await of(userId)),
  };
}
