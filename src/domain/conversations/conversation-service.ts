import { randomUUID } from "node:crypto";
import type { Viewer } from "../../auth/viewer.js";
import { Batcher } from "../../foundation/batcher.js";
import { inTransaction, type Db } from "../../db/connect.js";
import { AppError, badInput, notFound } from "../../foundation/errors.js";
import type { Bus } from "../../bus/bus.js";
import { SeqSet } from "../../foundation/seq-set.js";
import { checkId, checkLabel, limits } from "../../foundation/limits.js";
import type { ConversationRow, ViewedConversation } from "./conversation.js";
import type {
  ConversationQueries,
  InboxPlace,
} from "./conversation-queries.js";
import * as membership from "./membership-queries.js";
import {
  membershipKey,
  type Membership,
  type ParticipantRow,
} from "./participant.js";

/** A conversation to be made. */
export interface NewConversation {
  readonly id: string | null;
  readonly title: string | null;
  readonly participantIds: readonly string[];
}

const everySeq = SeqSet.span(1, Infinity);

export type ConversationService = ReturnType<typeof createConversationService>;

/** Conversations and who is in them. */
export function createConversationService({
  db,
  queries,
  bus,
}: {
  db: Db;
  queries: ConversationQueries;
  bus: Bus;
}) {
  const rows = new Batcher<string, ConversationRow | null>({
    keyOf: (id) => id,
    concurrency: 4,
    run: async (ids) => {
      const found = new Map(
        (await queries.byId(ids)).map((row) => [row.id, row]),
      );
      return ids.map((id) => found.get(id) ?? null);
    },
  });
  const views = new Batcher<Membership, ViewedConversation | null>({
    keyOf: membershipKey,
    concurrency: 4,
    run: async (keys) => {
      const found = new Map(
        (await queries.viewed(keys)).map((row) => [
          membershipKey({ conversationId: row.id, userId: row.userId }),
          row,
        ]),
      );
      return keys.map((key) => found.get(membershipKey(key)) ?? null);
    },
  });
  const participants = new Batcher<Membership, ParticipantRow | null>({
    keyOf: membershipKey,
    concurrency: 4,
    run: async (keys) => {
      const found = new Map(
        (await queries.participants(keys)).map((row) => [
          membershipKey(row),
          row,
        ]),
      );
      return keys.map((key) => found.get(membershipKey(key)) ?? null);
    },
  });

  async function get(id: string): Promise<ConversationRow> {
    const row = await rows.submit(id);
    if (!row) throw notFound("conversation");
    return row;
  }

  function tell(
    conversationId: string,
    version: number,
    userIds: readonly string[],
  ): void {
    bus.publish({ kind: "conversation", conversationId, version });
    for (const userId of userIds) bus.publish({ kind: "user", userId });
  }

  return {
    /** The conversation, whoever asks: for what has been found to be visible. */
    get,

    /** The conversation as the viewer finds it; null where they are no present participant. */
    viewed: (viewer: Viewer, id: string): Promise<ViewedConversation | null> =>
      views.submit({ conversationId: id, userId: viewer.userId }),

    /** The messages of a conversation that the viewer may see (R3); null where nothing of it. */
    async mayView(viewer: Viewer, id: string): Promise<SeqSet | null> {
      if (viewer.isService) return everySeq;
      const viewed = await views.submit({
        conversationId: id,
        userId: viewer.userId,
      });
      return viewed && SeqSet.parse(viewed.member);
    },

    /** Where the viewer may see the conversation, its row; else null (R18). */
    async find(
      viewer: Viewer,
      id: string,
    ): Promise<ConversationRow | ViewedConversation | null> {
      if (viewer.isService) return rows.submit(id);
      return views.submit({ conversationId: id, userId: viewer.userId });
    },

    /** The viewer's conversations, most recently active first; all of them for a service token. */
    page: (viewer: Viewer, after: InboxPlace, limit: number) =>
      viewer.isService
        ? queries.all(after, limit)
        : queries.inbox(viewer.userId, after, limit),

    participant: (key: Membership): Promise<ParticipantRow | null> =>
      participants.submit(key),

    /** A page of the present participants by user id, and how many there are in all. */
    async participantsPage(
      conversationId: string,
      afterUserId: string,
      limit: number,
    ) {
      const nodes = await queries.participantsPage({
        conversationId,
        afterUserId,
        limit,
      });
      const [any] =
        nodes.length > 0
          ? nodes
          : await queries.participantsPage({
              conversationId,
              afterUserId: "",
              limit: 1,
            });
      return { nodes, totalCount: any?.totalCount ?? 0 };
    },

    totalUnread: (userId: string) => queries.totalUnread(userId),

    /**
     * Makes a conversation, or finds the one that the same call made before.
     * @throws {AppError} CONFLICT where the id is taken by one with other participants
     */
    async create(
      viewer: Viewer,
      input: NewConversation,
    ): Promise<ConversationRow> {
      const id =
        input.id === null ? randomUUID() : checkId(["input", "id"], input.id);
      if (input.title !== null)
        checkLabel(["input", "title"], input.title, limits.titleCharacters);
      const founders = foundersOf(viewer, input.participantIds);
      const made = await inTransaction(db, async (tx) => {
        if (
          await membership.insertConversation(tx, { id, title: input.title })
        ) {
          await membership.insertUsers(tx, founders);
          await membership.insertFounders(tx, id, founders);
          return true;
        }
        const present =
          viewer.isService ||
          (await membership.selectPresent(tx, id, [viewer.userId])).size > 0;
        const before = new Set(await membership.selectFounders(tx, id));
        if (
          !present ||
          before.size !== founders.length ||
          !founders.every((user) => before.has(user))
        )
          throw new AppError("CONFLICT", "This id is taken.", {
            argumentPath: ["input", "id"],
          });
        return false;
      });
      if (made) tell(id, 0, founders);
      return get(id);
    },

    /** Lets users in; those who are in already stay as they are. Any participant may. */
    async add(
      viewer: Viewer,
      id: string,
      userIds: readonly string[],
    ): Promise<ParticipantRow[]> {
      checkUserIds(["input", "userIds"], userIds);
      if (userIds.length === 0)
        throw badInput(["input", "userIds"], "must name someone.");
      const asked = [...new Set(userIds)];
      if (
        !viewer.isService &&
        !(await views.submit({ conversationId: id, userId: viewer.userId }))
      )
        throw notFound("conversation");
      const { added, version } = await inTransaction(db, async (tx) => {
        const conversation = await membership.lockConversation(tx, id);
        if (!conversation) throw notFound("conversation");
        const present = await membership.selectPresent(tx, id, [
          viewer.userId,
          ...asked,
        ]);
        if (!viewer.isService && !present.has(viewer.userId))
          throw notFound("conversation");
        const added = asked.filter((user) => !present.has(user));
        if (added.length === 0) return { added, version: conversation.version };
        checkParticipantCount(
          ["input", "userIds"],
          (await membership.countPresent(tx, id)) + added.length,
        );
        await membership.insertUsers(tx, added);
        await membership.insertParticipants(tx, conversation, added);
        return {
          added,
          version: await membership.bumpVersion(tx, conversation),
        };
      });
      if (added.length > 0) tell(id, version, added);
      const found = await Promise.all(
        added.map((userId) =>
          participants.submit({ conversationId: id, userId }),
        ),
      );
      return found.filter((row) => row !== null);
    },

    /**
     * Removes someone, or oneself. The owner may remove anyone.
     * @throws {AppError} NOT_FOUND where the caller or the user is no participant, FORBIDDEN where
     * the caller is not the owner
     */
    async remove(
      viewer: Viewer,
      id: string,
      userId: string,
    ): Promise<ConversationRow> {
      const before = await get(id);
      const version = await inTransaction(db, async (tx) => {
        const conversation = await membership.lockConversation(tx, id);
        if (!conversation) throw notFound("conversation");
        const present = await membership.selectPresent(tx, id, [
          viewer.userId,
          userId,
        ]);
        const role = present.get(viewer.userId);
        if (!viewer.isService && !role) throw notFound("conversation");
        if (!viewer.isService && viewer.userId !== userId && role !== "OWNER")
          throw new AppError("FORBIDDEN", "Only an owner may remove others.");
        if (!present.has(userId)) throw notFound("participant");
        await membership.endStay(tx, conversation, userId);
        return membership.bumpVersion(tx, conversation);
      });
      tell(id, version, [userId]);
      return { ...before, version };
    },
  };
}

/** The users of a new conversation, the owner first. */
function foundersOf(
  viewer: Viewer,
  participantIds: readonly string[],
): string[] {
  if (viewer.isService && participantIds.length === 0)
    throw badInput(
      ["input", "participantIds"],
      "must name the owner at least.",
    );
  checkUserIds(["input", "participantIds"], participantIds);
  const founders = new Set(
    viewer.isService ? participantIds : [viewer.userId, ...participantIds],
  );
  checkParticipantCount(["input", "participantIds"], founders.size);
  return [...founders];
}

function checkUserIds(
  path: readonly (string | number)[],
  userIds: readonly string[],
): void {
  checkParticipantCount(path, new Set(userIds).size);
  userIds.forEach((id, i) => checkId([...path, i], id));
}

function checkParticipantCount(
  path: readonly (string | number)[],
  count: number,
): void {
  if (count > limits.participants)
    throw badInput(
      path,
      `a conversation has at most ${limits.participants} participants.`,
    );
}
