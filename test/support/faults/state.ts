import type { Service } from "./service.js";

/** When a recipient got a message, and when they read it. */
export interface Times {
  readonly deliveredAt: string;
  readonly readAt: string | null;
}

/** What is known of conversations. Keys begin with the conversation's id. */
export interface State {
  /** By `<conversation> <seq>`. */
  readonly messages: Map<string, StoredMessage>;
  /** By `<conversation> <seq> <recipient>`, of those who have the message. */
  readonly receipts: Map<string, Times>;
  /** By `<conversation> <seq>`. */
  readonly statuses: Map<string, string>;
}

/** A message as its readers find it. */
export interface StoredMessage {
  readonly id: string;
  readonly clientId: string;
  readonly senderId: string;
}

/** The counts of a message. */
export interface Counts {
  readonly overallStatus: string;
  readonly totalRecipients: number;
  readonly deliveredCount: number;
  readonly readCount: number;
}

/** One acknowledgement of an event. */
export interface Receipt {
  readonly kind: "DELIVERED" | "READ";
  readonly at: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly participant: { readonly user: { readonly id: string } };
}

export const countFields =
  "overallStatus totalRecipients deliveredCount readCount";
export const statusFields = `${countFields} recipients(first: 50) { nodes { user { id } deliveredAt readAt } }`;
export const receiptFields =
  "kind at fromSeq toSeq participant { user { id } }";

/** Nothing is known yet. */
export function emptyState(): State {
  return { messages: new Map(), receipts: new Map(), statuses: new Map() };
}

export function textOf({
  overallStatus,
  deliveredCount,
  readCount,
}: Counts): string {
  return `${overallStatus} ${deliveredCount} ${readCount}`;
}

/** Adds what an event acknowledges. The first time of each stands; it may repeat. */
export function applyReceipts(
  receipts: State["receipts"],
  conversationId: string,
  acknowledged: readonly Receipt[],
): void {
  for (const wanted of ["DELIVERED", "READ"] as const)
    for (const { kind, at, fromSeq, toSeq, participant } of acknowledged)
      for (let seq = fromSeq; kind === wanted && seq <= toSeq; seq++) {
        const key = `${conversationId} ${seq} ${participant.user.id}`;
        const known = receipts.get(key);
        receipts.set(key, {
          deliveredAt: known?.deliveredAt ?? at,
          readAt: known?.readAt ?? (kind === "READ" ? at : null),
        });
      }
}

/** Takes out everything of one conversation, and puts in what another state has of it. */
export function replace(state: State, conversationId: string, by: State): void {
  for (const name of ["messages", "receipts", "statuses"] as const) {
    const into: Map<string, unknown> = state[name];
    for (const key of into.keys())
      if (key.startsWith(`${conversationId} `)) into.delete(key);
    for (const [key, value] of by[name])
      if (key.startsWith(`${conversationId} `)) into.set(key, value);
  }
}

/** The counts of a message, and the state of each recipient. */
export interface StatusWithRecipients extends Counts {
  readonly recipients: {
    readonly nodes: readonly {
      readonly user: { readonly id: string };
      readonly deliveredAt: string | null;
      readonly readAt: string | null;
    }[];
  };
}

/** Adds the recipients who have a message. */
export function addRecipients(
  receipts: State["receipts"],
  key: string,
  { recipients }: StatusWithRecipients,
): void {
  for (const { user, deliveredAt, readAt } of recipients.nodes)
    if (deliveredAt !== null)
      receipts.set(`${key} ${user.id}`, { deliveredAt, readAt });
}

interface Page {
  readonly conversation: {
    readonly messages: {
      readonly nodes: readonly {
        readonly id: string;
        readonly clientId: string;
        readonly seq: number;
        readonly sender: { readonly id: string };
        readonly status: StatusWithRecipients;
      }[];
      readonly pageInfo: {
        readonly hasNextPage: boolean;
        readonly endCursor: string;
      };
    };
  };
}

/** What a fresh query tells of a conversation. */
export async function readState(service: Service, id: string): Promise<State> {
  const state = emptyState();
  for (let after: string | null = null; ;) {
    const page: Page = await service.must<Page>(
      `query ($id: ID!, $after: Cursor) {
        conversation(id: $id) {
          messages(first: 100, after: $after) {
            nodes {
              id clientId seq sender { id }
              status { ${statusFields} }
            }
            pageInfo { hasNextPage endCursor }
          }
        }
      }`,
      { id, after },
    );
    const { nodes, pageInfo } = page.conversation.messages;
    for (const { id: messageId, clientId, seq, sender, status } of nodes) {
      const key = `${id} ${seq}`;
      state.messages.set(key, { id: messageId, clientId, senderId: sender.id });
      state.statuses.set(key, textOf(status));
      addRecipients(state.receipts, key, status);
    }
    if (!pageInfo.hasNextPage) return state;
    after = pageInfo.endCursor;
  }
}

/** Where a conversation's stream stands. */
export async function readCursor(
  service: Service,
  id: string,
): Promise<string> {
  const { conversation } = await service.must<{
    conversation: { cursor: string };
  }>(`query ($id: ID!) { conversation(id: $id) { cursor } }`, { id });
  return conversation.cursor;
}

/**
 * What differs between what somebody knows of some conversations and the truth, in words; null where
 * nothing does. A receipt's run may stretch over the recipient's own messages, which say nothing.
 */
export function difference(
  known: Partial<State>,
  truth: State,
  conversationIds: readonly string[],
): string | null {
  const isMeant = (key: string) =>
    conversationIds.some((id) => key.startsWith(`${id} `));
  const isOwn = (key: string) => {
    const [id = "", seq = "", userId] = key.split(" ");
    return truth.messages.get(`${id} ${seq}`)?.senderId === userId;
  };
  for (const name of ["messages", "receipts", "statuses"] as const) {
    const mine: ReadonlyMap<string, unknown> | undefined = known[name];
    if (!mine) continue;
    const theirs: ReadonlyMap<string, unknown> = truth[name];
    for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
      if (!isMeant(key) || isOwn(key)) continue;
      // Events tell the status of messages that have changed.
      if (name === "statuses" && !mine.has(key)) continue;
      const [a, b] = [
        JSON.stringify(mine.get(key)),
        JSON.stringify(theirs.get(key)),
      ];
      if (a !== b) return `${name} of ${key}: ${a}, the truth is ${b}`;
    }
  }
  return null;
}
