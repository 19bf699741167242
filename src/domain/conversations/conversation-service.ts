import type { Viewer } from "../../auth/viewer.js";
import type { Bus } from "../../bus/bus.js";
import type { Db } from "../../db/connect.js";
import { batchedReader } from "../../foundation/batched-reader.js";
import { notFound } from "../../foundation/errors.js";
import { SeqSet } from "../../foundation/seq-set.js";
import type { ErasedIds } from "../users/erased-ids.js";
import type { ConversationRow, ViewedConversation } from "./conversation.js";
import type {
  ConversationQueries,
  InboxPlace,
} from "./conversation-queries.js";
import { allowed } from "./host-alone.js";
import {
  createMembershipService,
  type MembershipService,
} from "./membership-service.js";
import { changesOnceFree, type OnceFree } from "./once-free.js";
import {
  membershipKey,
  seenMembershipKey,
  type Membership,
  type ParticipantRow,
  type SeenMembership,
} from "./participant.js";
import type { RightsQueries } from "./rights-queries.js";

/** A page of a conversation's present participants. */
export interface ParticipantsPage {
  /** In order of user id. */
  readonly nodes: readonly ParticipantRow[];
  /** The number of all present participants. */
  readonly totalCount: number;
}

/** Conversations, and who is in them. Rows that are asked for at once are read together. */
export interface ConversationService extends MembershipService {
  /**
   * The conversation, whoever asks: for conversations that the viewer was found to see.
   * @throws {AppError} NOT_FOUND
   */
  get(id: string): Promise<ConversationRow>;
  /** The conversation as the viewer sees it; null where they are no present participant. */
  viewed(viewer: Viewer, id: string): Promise<ViewedConversation | null>;
  /** The messages of a conversation that the viewer may see (R3); null where they see nothing of it. */
  mayView(viewer: Viewer, id: string): Promise<SeqSet | null>;
  /** The conversation where the viewer may see it, else null (R18). */
  find(
    viewer: Viewer,
    id: string,
  ): Promise<ConversationRow | ViewedConversation | null>;
  /**
   * A page of the viewer's conversations, the most recently active first. A service token sees all
   * conversations.
   */
  page(
    viewer: Viewer,
    after: InboxPlace,
    limit: number,
  ): Promise<readonly (ConversationRow | ViewedConversation)[]>;
  /** A participant, present or not; null for a user who never was in the conversation. */
  participant(key: SeenMembership): Promise<ParticipantRow | null>;
  /**
   * A page of the present participants by user id.
   * @param owner the user whose turn the statement takes; null for nobody's
   * @param seer the viewer; null where they may see every message
   */
  participantsPage(
    conversationId: string,
    afterUserId: string,
    limit: number,
    owner: string | null,
    seer?: string | null,
  ): Promise<ParticipantsPage>;
}

const everySeq = SeqSet.span(1, Infinity);

/** Makes the service of conversations. */
export function createConversationService({
  db,
  queries,
  rights: { rights: readRights },
  bus,
  erasedIds,
  onceFree,
  userConversations,
}: {
  db: Db;
  queries: ConversationQueries;
  rights: RightsQueries;
  bus: Bus;
  erasedIds: ErasedIds;
  onceFree: OnceFree;
  /** Whether users may make conversations and change who is in them (R55). */
  userConversations: "open" | "closed";
}): ConversationService {
  const row = batchedReader({
    read: queries.byId,
    keyOf: (id: string) => id,
    keyOfRow: ({ id }) => id,
  });
  const view = batchedReader({
    read: queries.viewed,
    keyOf: membershipKey,
    keyOfRow: ({ id, userId }) => membershipKey({ conversationId: id, userId }),
  });
  const rights = batchedReader({
    read: readRights,
    keyOf: membershipKey,
    keyOfRow: membershipKey,
  });
  const participant = batchedReader({
    read: queries.participants,
    keyOf: seenMembershipKey,
    keyOfRow: seenMembershipKey,
  });

  async function get(id: string): Promise<ConversationRow> {
    const found = await row(id);
    if (!found) throw notFound("conversation");
    return found;
  }

  const viewed = (viewer: Viewer, id: string) =>
    view({ conversationId: id, userId: viewer.userId });

  const isPresent = async (key: Membership) =>
    (await rights(key))?.isActive ?? false;

  const membership = changesOnceFree(
    createMembershipService({
      ...{ db, bus, erasedIds, get, participant, isPresent },
    }),
    { onceFree, isPresent },
  );

  return {
    get,
    viewed,
    participant,

    async mayView(viewer, id) {
      if (viewer.isService) return everySeq;
      const found = await rights({
        conversationId: id,
        userId: viewer.userId,
      });
      return found?.isActive ? SeqSet.parse(found.visible) : null;
    },

    find: (viewer, id) => (viewer.isService ? row(id) : viewed(viewer, id)),

    page: (viewer, after, limit) =>
      viewer.isService
        ? queries.all(after, limit)
        : queries.inbox(viewer.userId, after, limit),

    participantsPage: (...page) => readParticipantsPage(queries, ...page),

    ...allowed(membership, userConversations, isPresent),
  };
}

async function readParticipantsPage(
  queries: ConversationQueries,
  ...[conversationId, afterUserId, limit, owner, seer = null]: Parameters<
    ConversationService["participantsPage"]
  >
): Promise<ParticipantsPage> {
  const read = (afterUserId: string, limit: number) =>
    queries.participantsPage({
      ...{ conversationId, afterUserId, limit, owner, seer },
    });
  const nodes = await read(afterUserId, limit);
  // Each row has the number of all participants; an empty page has to ask for a row.
  const [any] = nodes.length > 0 ? nodes : await read("", 1);
  return { nodes, totalCount: any?.totalCount ?? 0 };
}
