import type { Viewer } from "../../auth/viewer.js";
import { LockQueue } from "../../db/lock-queue.js";
import { notFound } from "../../foundation/errors.js";
import type { Turns } from "../../foundation/turns.js";
import type { ConversationQueries } from "./conversation-queries.js";
import type { MembershipService } from "./membership-service.js";
import type { Membership } from "./participant.js";

/** A change of a conversation. */
interface Change {
  readonly id: string;
  readonly make: () => Promise<void>;
}

/** Makes a change of a conversation when no other transaction has locked the conversation. */
export type OnceFree = <T>(
  conversationId: string,
  make: () => Promise<T>,
) => Promise<T>;

/** Makes the queue of changes that wait for conversations: one at a time in each. */
export function createOnceFree({
  turns,
  awaitFree,
}: {
  /** The turns of the node's statements that wait for locks. */
  turns: Turns;
  awaitFree: ConversationQueries["awaitFree"];
}): OnceFree {
  const changes = new LockQueue<Change, undefined>({
    turns,
    maxBatch: 1,
    async write([change], waitMs) {
      if (!change) return [];
      await awaitFree(change.id, waitMs);
      await change.make();
      return [undefined];
    },
  });
  return <T>(id: string, make: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const change = { id, make: () => make().then(resolve) };
      changes.submit(id, change).catch(reject);
    });
}

/**
 * The same changes of who is in a conversation, each begun when no other transaction has locked the
 * conversation, and one at a time in each conversation. A change is a transaction, which keeps its
 * connection while it waits, and there may be many conversations to wait for. Whoever is no participant
 * is refused without the lock.
 */
export function changesOnceFree(
  membership: MembershipService,
  {
    onceFree,
    isPresent,
  }: {
    onceFree: OnceFree;
    isPresent: (key: Membership) => Promise<boolean>;
  },
): MembershipService {
  const mayChange = async ({ isService, userId }: Viewer, id: string) =>
    isService || isPresent({ conversationId: id, userId });

  async function changeOnceFree<T>(
    viewer: Viewer,
    id: string,
    make: () => Promise<T>,
  ): Promise<T> {
    if (!(await mayChange(viewer, id))) throw notFound("conversation");
    return onceFree(id, make);
  }

  return {
    create: membership.create,

    async add(viewer, id, ...added) {
      const add = () => membership.add(viewer, id, ...added);
      return (await mayChange(viewer, id)) ? onceFree(id, add) : add();
    },

    removeParticipant: (viewer, id, userId) =>
      changeOnceFree(viewer, id, () =>
        membership.removeParticipant(viewer, id, userId),
      ),

    setParticipation: (viewer, id, ...change) =>
      changeOnceFree(viewer, id, () =>
        membership.setParticipation(viewer, id, ...change),
      ),

    update: (viewer, id, changes) =>
      changeOnceFree(viewer, id, () => membership.update(viewer, id, changes)),
  };
}
