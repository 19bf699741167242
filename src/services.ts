import { conversationQueries } from "./domain/conversations/conversation-queries.js";
import {
  createConversationService,
  type ConversationService,
} from "./domain/conversations/conversation-service.js";
import { createOnceFree } from "./domain/conversations/once-free.js";
import {
  createLifecycleService,
  type LifecycleService,
} from "./domain/lifecycle/lifecycle-service.js";
import { rightsQueries } from "./domain/conversations/rights-queries.js";
import type { Db } from "./db/connect.js";
import { createLockTurns } from "./db/lock-queue.js";
import type { Bus } from "./bus/bus.js";
import { messageQueries } from "./domain/messages/message-queries.js";
import {
  createMessageService,
  type MessageService,
} from "./domain/messages/message-service.js";
import { seesOthersReads } from "./domain/receipts/privacy.js";
import { receiptQueries } from "./domain/receipts/receipt-queries.js";
import type { MarkObserver } from "./domain/receipts/mark-observer.js";
import {
  createReceiptService,
  type ReceiptService,
} from "./domain/receipts/receipt-service.js";
import { statusQueries } from "./domain/receipts/status-queries.js";
import {
  createStatusService,
  type StatusService,
} from "./domain/receipts/status-service.js";
import { createBadgeReader } from "./stream/badge-reader.js";
import { affectedQueries } from "./stream/affected-queries.js";
import { createChangeView, type ChangeView } from "./stream/change-view.js";
import { createChanges, type Changes } from "./stream/changes.js";
import { createSeal, type Seal } from "./foundation/seal.js";
import { createStreamCursors } from "./stream/cursor.js";
import { Head } from "./stream/head.js";
import { Hub } from "./stream/hub.js";
import { orderQueries } from "./stream/order-queries.js";
import { Preferences } from "./stream/preferences.js";
import { Resume } from "./stream/resume.js";
import { sweepQueries } from "./stream/sweep-queries.js";
import { createLastSwitch } from "./stream/last-switch.js";
import { switchQueries } from "./stream/switch-queries.js";
import { enterTimeline, findNewTimeline } from "./stream/timeline.js";
import { logQueries } from "./stream/log-queries.js";
import {
  unobserved,
  type ErrorPlace,
  type StreamObserver,
} from "./stream/observer.js";
import { StatusChanges } from "./stream/status-changes.js";
import { badgeQueries } from "./domain/unread/badge-queries.js";
import { messagesForUsers } from "./domain/unread/message-queries.js";
import { privateChangeQueries } from "./domain/unread/private-change-queries.js";
import {
  createUnreadService,
  type UnreadService,
} from "./domain/unread/unread-service.js";
import { createErasedIds } from "./domain/users/erased-ids.js";
import { userQueries } from "./domain/users/user-queries.js";
import {
  createUserService,
  type UserService,
} from "./domain/users/user-service.js";

/** All that resolvers call. */
export interface Services {
  readonly users: UserService;
  readonly conversations: ConversationService;
  /** Users who go, for a while or for good. */
  readonly lifecycle: LifecycleService;
  readonly messages: MessageService;
  readonly receipts: ReceiptService;
  readonly statuses: StatusService;
  readonly unread: UnreadService;
  readonly changes: Changes;
  /** What a viewer sees of a change. */
  readonly view: ChangeView;
  readonly statusChanges: StatusChanges;
  readonly resume: Resume;
  /** Where this node's stream stands: cursors are made from it. */
  readonly head: Head;
  /** What cursors of lists are sealed with. */
  readonly seal: Seal;
  readonly hub: Hub;
}

/** What the services of a node are made of. */
export interface ServicesOptions {
  readonly db: Db;
  /** A connection that allows bitmap scans, for sweeps; `db` where there is none. */
  readonly sweepDb?: Db;
  readonly bus: Bus;
  /** What cursors are sealed with: the same on all nodes. */
  readonly cursorSecret: string;
  /** Whether users may make conversations and change who is in them (R55); they may where it is not said. */
  readonly userConversations?: "open" | "closed";
  /** How often streams read what has changed in the database. */
  readonly sweepMs: number;
  /** Told of failures in the background. */
  readonly onError: (error: unknown, at?: ErrorPlace) => void;
  readonly markObserver?: MarkObserver;
  readonly observer?: StreamObserver;
}

/** Wires the services of a node. Each takes what it needs and nothing more. */
export async function createServices({
  db,
  sweepDb = db,
  bus,
  cursorSecret,
  userConversations = "open",
  sweepMs,
  onError,
  markObserver,
  observer = unobserved,
}: ServicesOptions): Promise<Services> {
  const turns = createLockTurns();
  const erasedIds = createErasedIds(cursorSecret);
  const users = createUserService({
    queries: userQueries(db, erasedIds),
    bus,
  });
  const queries = conversationQueries(db);
  const onceFree = createOnceFree({ turns, awaitFree: queries.awaitFree });
  const conversations = createConversationService({
    ...{ db, queries, rights: rightsQueries(db) },
    ...{ bus, erasedIds, onceFree, userConversations },
  });
  const lifecycle = createLifecycleService({ db, bus, erasedIds, onceFree });
  const { mayView } = conversations;
  const messages = createMessageService({
    queries: messageQueries(db, (userId) => erasedIds.digestOf(userId)),
    ...{ bus, turns, mayView },
  });
  const receipts = createReceiptService({
    queries: receiptQueries(db),
    ...{ bus, turns },
    ...(markObserver && { observer: markObserver }),
  });
  const statuses = createStatusService({ queries: statusQueries(db) });
  const seesReads = async (userId: string) =>
    seesOthersReads(await users.get(userId));

  const badges = badgeQueries(db);
  const unread = createUnreadService({
    readMessages: messagesForUsers(db),
    changes: privateChangeQueries(db),
    ...{ badges, bus, turns },
  });

  const timeline = await enterTimeline(db);
  const seal = createSeal(cursorSecret);
  const cursors = createStreamCursors(seal);
  const head = new Head(cursors, timeline.number, timeline.snapshot);
  const preferences = new Preferences(timeline.snapshot);
  const log = logQueries(db);
  const order = orderQueries(db);
  const changes = createChanges(log, preferences, head);
  const view = createChangeView(affectedQueries(db), messages.get);
  const resume = new Resume(order, head);
  const lastSwitch = createLastSwitch(switchQueries(db));
  const statusChanges = new StatusChanges({
    ...{ changes, view, resume, head, lastSwitch, seesReads, mayView },
  });
  const hub = new Hub({
    ...{ bus, changes, view, messages, resume, head, preferences, order },
    readBadge: createBadgeReader(badges),
    rights: rightsQueries(db),
    sweeps: sweepQueries(sweepDb),
    lastSwitch,
    findNewTimeline: () => findNewTimeline(db, head, order),
    ...{ observer, sweepMs, onError },
  });
  return {
    ...{
      users,
      conversations,
      lifecycle,
      messages,
      receipts,
      statuses,
      unread,
    },
    ...{ changes, view, statusChanges, resume, head, seal, hub },
  };
}
