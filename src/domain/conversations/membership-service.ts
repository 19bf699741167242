import type { Viewer } from "../../auth/viewer.js";
import type { Bus } from "../../bus/bus.js";
import { inTransaction, type Db } from "../../db/connect.js";
import { AppError, badInput, notFound } from "../../foundation/errors.js";
import type { ConversationRow } from "./conversation.js";
import { draftOf, makeOnce, type NewConversation } from "./creation.js";
import type { ErasedIds } from "../users/erased-ids.js";
import { firstWhoIsOut, takesPartInNothing } from "../users/taking-part.js";
import {
  changeConversation,
  changeParticipation,
  checkChanges,
  type ConversationChanges,
} from "./management.js";
import * as membership from "./membership-queries.js";
import { ensureOwner } from "./ownership-queries.js";
import {
  checkParticipantCount,
  checkUserIds,
  mayManage,
  type Membership,
  type ParticipantRow,
  type Participation,
  type SeenMembership,
} from "./participant.js";

/** The changes of who is in a conversation, and of how it is kept. */
export interface MembershipService {
  /**
   * Makes a conversation, or finds the conversation that the same call made before. A call without an
   * id and without a clientId always makes one.
   * @throws {AppError} CONFLICT where the id is taken by a conversation with other participants, or the
   * clientId made another conversation; NOT_FOUND where the clientId made a conversation that the
   * viewer has left; FORBIDDEN where the viewer or a participant takes part in nothing (R40); BAD_USER_INPUT
   */
  create(viewer: Viewer, input: NewConversation): Promise<ConversationRow>;
  /**
   * Adds users, as any participant may, as recipients or as observers (R39). Users who are present already
   * stay as they are.
   * @returns the participants who came in
   * @throws {AppError} NOT_FOUND where the viewer is no present participant; FORBIDDEN where one of the users
   * takes part in nothing (R40); BAD_USER_INPUT
   */
  add(
    viewer: Viewer,
    id: string,
    userIds: readonly string[],
    participation?: Participation,
  ): Promise<ParticipantRow[]>;
  /**
   * Removes a participant. Participants may remove themselves, and an owner may remove anyone.
   * @throws {AppError} NOT_FOUND where the viewer or the user is no present participant, FORBIDDEN
   * where the viewer is not the owner
   */
  removeParticipant(
    viewer: Viewer,
    id: string,
    userId: string,
  ): Promise<ConversationRow>;
  /**
   * Makes a participant a recipient or an observer (R39), as owners and service tokens may.
   * @throws {AppError} NOT_FOUND where the viewer or the user is no present participant, FORBIDDEN
   * where the viewer is not the owner
   */
  setParticipation(
    viewer: Viewer,
    id: string,
    userId: string,
    participation: Participation,
  ): Promise<void>;
  /**
   * Changes title and receipt policy (R42), as owners and service tokens may.
   * @throws {AppError} NOT_FOUND where the viewer is no present participant, FORBIDDEN where the viewer is
   * not the owner; BAD_USER_INPUT
   */
  update(
    viewer: Viewer,
    id: string,
    changes: ConversationChanges,
  ): Promise<void>;
}

/** What changes of membership need of the service that reads conversations. */
interface Needs {
  readonly db: Db;
  readonly bus: Bus;
  readonly erasedIds: ErasedIds;
  /** @throws {AppError} NOT_FOUND */
  readonly get: (id: string) => Promise<ConversationRow>;
  readonly isPresent: (key: Membership) => Promise<boolean>;
  readonly participant: (key: SeenMembership) => Promise<ParticipantRow | null>;
}

/** Makes the service that changes who is in a conversation. */
export function createMembershipService(needs: Needs): MembershipService {
  const { db, bus, erasedIds, get, isPresent, participant } = needs;

  function publish(
    conversationId: string,
    version: number,
    userIds: readonly string[],
  ): void {
    bus.publish({ kind: "conversation", conversationId, version, xid: null });
    for (const userId of userIds) bus.publish({ kind: "user", userId });
  }

  return {
    async create(viewer, input) {
      const draft = draftOf(viewer, input);
      const { id, isMade } = await inTransaction(
        db,
        (tx) => makeOnce(tx, erasedIds, viewer, draft),
        viewer.userId,
      );
      if (isMade) publish(id, 0, draft.founders);
      return get(id);
    },

    async add(viewer, id, userIds, participation = "RECIPIENT") {
      checkUserIds(["input", "userIds"], userIds);
      if (userIds.length === 0)
        throw badInput(["input", "userIds"], "must name someone.");
      // Asked before the lock is taken, so that strangers do not hold up a conversation's marks.
      if (
        !viewer.isService &&
        !(await isPresent({ conversationId: id, userId: viewer.userId }))
      )
        throw notFound("conversation");
      const { added, version } = await inTransaction(
        db,
        (tx) =>
          letIn(tx, needs, viewer, id, [...new Set(userIds)], participation),
        viewer.userId,
      );
      if (added.length > 0) publish(id, version, added);
      const seer = viewer.isService ? null : viewer.userId;
      const rows = await Promise.all(
        added.map((userId) =>
          participant({ conversationId: id, userId, seer }),
        ),
      );
      return rows.filter((row) => row !== null);
    },

    async removeParticipant(viewer, id, userId) {
      const before = await get(id);
      const version = await inTransaction(
        db,
        (tx) => takeOut(tx, viewer, id, userId),
        viewer.userId,
      );
      publish(id, version, [userId]);
      return { ...before, version };
    },

    async setParticipation(viewer, id, userId, participation) {
      const version = await inTransaction(
        db,
        (tx) => changeParticipation(tx, viewer, id, { userId, participation }),
        viewer.userId,
      );
      if (version !== null) publish(id, version, [userId]);
    },

    async update(viewer, id, changes) {
      checkChanges(changes);
      await inTransaction(
        db,
        (tx) => changeConversation(tx, viewer, id, changes),
        viewer.userId,
      );
    },
  };
}

/** Adds the users who are not present. Returns them, and the conversation's version afterwards. */
async function letIn(
  tx: Db,
  { erasedIds }: Pick<Needs, "erasedIds">,
  viewer: Viewer,
  id: string,
  userIds: readonly string[],
  participation: Participation,
): Promise<{ added: readonly string[]; version: number }> {
  const conversation = await membership.lockConversation(tx, id);
  if (!conversation) throw notFound("conversation");
  const present = await membership.selectPresent(tx, id, [
    viewer.userId,
    ...userIds,
  ]);
  if (!viewer.isService && !present.has(viewer.userId))
    throw notFound("conversation");
  const added = userIds.filter((userId) => !present.has(userId));
  if (added.length === 0) return { added, version: conversation.version };
  checkParticipantCount(
    ["input", "userIds"],
    (await membership.countPresent(tx, id)) + added.length,
  );
  const out = await firstWhoIsOut(tx, erasedIds, added);
  if (out !== null)
    throw takesPartInNothing(["input", "userIds", userIds.indexOf(out)]);
  await membership.insertParticipants(tx, conversation, added, participation);
  await ensureOwner(tx, id);
  return {
    added,
    version: await membership.bumpVersion(tx, conversation, added.length),
  };
}

/** Ends a user's stay. Returns the conversation's version afterwards. */
async function takeOut(
  tx: Db,
  viewer: Viewer,
  id: string,
  userId: string,
): Promise<number> {
  const conversation = await membership.lockConversation(tx, id);
  if (!conversation) throw notFound("conversation");
  const present = await membership.selectPresent(tx, id, [
    viewer.userId,
    userId,
  ]);
  if (!viewer.isService) {
    const caller = present.get(viewer.userId);
    if (!caller) throw notFound("conversation");
    if (viewer.userId !== userId && !mayManage(caller.role))
      throw new AppError("FORBIDDEN", "Only an owner may remove others.");
  }
  if (!present.has(userId)) throw notFound("participant");
  await membership.endStay(tx, conversation, userId);
  await ensureOwner(tx, id);
  return membership.bumpVersion(tx, conversation);
}
