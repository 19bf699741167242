import { createHash } from "node:crypto";

const remembered = new Map<string, string>();
const mostRemembered = 20_000;

/**
 * The key of a conversation, which all of its rows carry: the first 8 bytes of the SHA-256 of its id, as a
 * signed number. The database's function `conversation_key` is the same, for migrations and for queries by
 * hand. It is text, since no JavaScript number holds it.
 *
 * Two ids may have one key. Of 100 million conversations any two do with a probability of 1 in 3,700. Only the
 * first of them can be made, and statements compare the id as well, so that neither is taken for the other.
 */
export function conversationKey(id: string): string {
  let key = remembered.get(id);
  if (key === undefined) {
    key = createHash("sha256").update(id).digest().readBigInt64BE(0).toString();
    // A hash takes 2 µs, and the same conversations come again.
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(id, key);
  }
  return key;
}
