import { conversationQueries } from "./domain/conversations/conversation-queries.js";
import {
  createConversationService,
  type ConversationService,
} from "./domain/conversations/conversation-service.js";
import { rightsQueries } from "./domain/conversations/rights-queries.js";
import { transactionLimitMs, type Db } from "./db/connect.js";
import type { Bus } from "./bus/bus.js";
import { createHorizon, type Horizon } from "./stream/commit-horizon.js";
import { createHub, type Hub } from "./stream/hub.js";
import { memberQueries } from "./stream/rights-queries.js";
import { messageQueries } from "./domain/messages/message-queries.js";
import {
  createMessageService,
  type MessageService,
} from "./domain/messages/message-service.js";
import { changeQueries } from "./stream/log-queries.js";
import { createChangeService, type ChangeService } from "./stream/changes.js";
import { seesOthersReads } from "./domain/receipts/privacy.js";
import { receiptQueries } from "./domain/receipts/receipt-queries.js";
import {
  createReceiptService,
  type MarkObserver,
  type ReceiptService,
} from "./domain/receipts/receipt-service.js";
import { statusQueries } from "./domain/receipts/status-queries.js";
import {
  createStatusService,
  type StatusService,
} from "./domain/receipts/status-service.js";
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
  readonly changes: ChangeService;
  readonly horizon: Horizon;
  readonly hub: Hub;
}

/** Wires the services of a node. Each takes what it needs and nothing more. */
export function createServices({
  db,
  bus,
  sweepMs,
  onError,
  markObserver,
}: {
  db: Db;
  bus: Bus;
  /** How often streams compare their versions with the database. */
  sweepMs: number;
  /** Told of what fails in the background. */
  onError: (error: unknown) => void;
  markObserver?: MarkObserver;
}): Services {
  const users = createUserService({ queries: userQueries(db), bus });
  const conversations = createConversationService({
    db,
    queries: conversationQueries(db),
    rights: rightsQueries(db),
    bus,
  });
  const { mayView } = conversations;
  const streamQueries = changeQueries(db);
  const horizon = createHorizon({
    clock: streamQueries.clock,
    overlapMs: 3 * transactionLimitMs,
  });
  const messages = createMessageService({
    queries: messageQueries(db),
    bus,
    mayView,
  });
  const receipts = createReceiptService({
    queries: receiptQueries(db),
    bus,
    ...(markObserver && { observer: markObserver }),
  });
  const statuses = createStatusService({ queries: statusQueries(db) });
  const seesReads = async (userId: string) =>
    seesOthersReads(await users.get(userId));
  const changes = createChangeService({
    queries: streamQueries,
    horizon,
    seesReads,
    mayView,
    messageAt: messages.get,
  });
  const members = memberQueries(db);
  const hub = createHub({
    bus,
    changes,
    messages,
    members,
    queries: streamQueries,
    horizon,
    sweepMs,
    onError,
  });
  return {
    ...{ users, conversations, messages, receipts, statuses },
    ...{ changes, horizon, hub },
  };
}
