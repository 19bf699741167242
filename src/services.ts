import { conversationQueries } from "./domain/conversations/conversation-queries.js";
import {
  createConversationService,
  type ConversationService,
} from "./domain/conversations/conversation-service.js";
import { rightsQueries } from "./domain/conversations/rights-queries.js";
import { transactionLimitMs, type Db } from "./db/connect.js";
import { createLockTurns } from "./db/lock-queue.js";
import type { Bus } from "./bus/bus.js";
import { messageQueries } from "./domain/messages/message-queries.js";
import {
  createMessageService,
  type MessageService,
} from "./domain/messages/message-service.js";
import { receiptQueries } from "./domain/receipts/receipt-queries.js";
import type { MarkObserver } from "./domain/receipts/mark-writer.js";
import {
  createReceiptService,
  type ReceiptService,
} from "./domain/receipts/receipt-service.js";
import { statusQueries } from "./domain/receipts/status-queries.js";
import {
  createStatusService,
  type StatusService,
} from "./domain/receipts/status-service.js";
import { createChangeView, type ChangeView } from "./stream/change-view.js";
import { createChanges, type Changes } from "./stream/changes.js";
import {
  createCommitHorizon,
  type CommitHorizon,
} from "./stream/commit-horizon.js";
import { Hub } from "./stream/hub.js";
import { logQueries } from "./stream/log-queries.js";
import { unobserved, type StreamObserver } from "./stream/observer.js";
import { positionQueries } from "./stream/position-queries.js";
import { createResume } from "./stream/resume.js";
import { memberQueries } from "./stream/rights-queries.js";
import { StatusChanges } from "./stream/status-changes.js";
import { userQueries } from "./domain/users/user-queries.js";
import {
  createUserService,
  type UserService,
} from "./domain/users/user-service.js";

/** All that resolvers call. */
export interface Services {
  readonly users: UserService;
  readonly conversations: ConversationService;
  readonly messages: MessageService;
  readonly receipts: ReceiptService;
  readonly statuses: StatusService;
  readonly changes: Changes;
  /** What a viewer sees of a change. */
  readonly view: ChangeView;
  readonly statusChanges: StatusChanges;
  readonly horizon: CommitHorizon;
  readonly hub: Hub;
}

/** Wires the services of a node. Each takes what it needs and nothing more. */
export function createServices({
  db,
  bus,
  sweepMs,
  onError,
  markObserver,
  observer = unobserved,
}: {
  db: Db;
  bus: Bus;
  /** How often streams compare their versions with the database. */
  sweepMs: number;
  /** Told of what fails in the background. */
  onError: (error: unknown) => void;
  markObserver?: MarkObserver;
  observer?: StreamObserver;
}): Services {
  const turns = createLockTurns();
  const users = createUserService({ queries: userQueries(db), bus });
  const conversations = createConversationService({
    db,
    queries: conversationQueries(db),
    rights: rightsQueries(db),
    ...{ bus, turns },
  });
  const { mayView } = conversations;
  const log = logQueries(db);
  const positions = positionQueries(db);
  const horizon = createCommitHorizon({
    clock: positions.clock,
    overlapMs: 3 * transactionLimitMs,
  });
  const messages = createMessageService({
    queries: messageQueries(db),
    ...{ bus, turns, mayView },
  });
  const receipts = createReceiptService({
    queries: receiptQueries(db),
    ...{ bus, turns },
    ...(markObserver && { observer: markObserver }),
  });
  const statuses = createStatusService({ queries: statusQueries(db) });
  const seesReads = async (userId: string) =>
    (await users.get(userId)).readReceipts;
  const changes = createChanges(log);
  const view = createChangeView(log, messages.get);
  const resume = createResume(positions, horizon);
  const statusChanges = new StatusChanges({
    ...{ changes, view, resume, horizon, seesReads, mayView },
    queries: positions,
  });
  const hub = new Hub({
    ...{ bus, changes, view, messages, resume, horizon, positions },
    ...{ rights: memberQueries(db), observer, sweepMs, onError },
  });
  return {
    ...{ users, conversations, messages, receipts, statuses },
    ...{ changes, view, statusChanges, horizon, hub },
  };
}
