import type { ApolloClient } from "@apollo/client";
import type { Client as UrqlClient } from "@urql/core";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Client, ClientOptions } from "graphql-ws";
import type {
  Following,
  Outbox,
  Queue,
  ReceiptQueue,
} from "../../../../packages/client/src/index.js";
import type {
  MessageFieldsFragment,
  MessageStatusChangedSubscription,
  OverallStatus,
} from "../../../../packages/client/src/generated/operations.js";

/** The guides' code as tests call it; that it is so is seen by calling it. */
export interface GraphqlWsGuide {
  createSession(fetchToken: () => Promise<Token>): Session;
  resumeWithNewToken(
    queue: Queue,
    session: Session,
    signIn: () => void,
  ): () => void;
  openSocket(
    url: string,
    token: () => Promise<string>,
    options: Partial<ClientOptions>,
  ): Client;
  createRequest(url: string, token: () => Promise<string>): Request;
  openQueues(request: Request, userId: string): Queues;
  readonly ticks: Record<OverallStatus, string>;
  openPlainChat(app: {
    request: Request;
    socket: Client;
    receipts: ReceiptQueue;
    conversationId: string;
    show: (messages: readonly MessageFieldsFragment[]) => void;
    onEnd: (reason: unknown) => void;
  }): () => void;
}

export interface Token {
  readonly token: string;
  readonly expiresAtMs: number;
}

export interface Session {
  token(): Promise<string>;
  renew(): Promise<void>;
}

export type Request = <Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
) => Promise<Data>;

export interface Queues {
  readonly receipts: ReceiptQueue;
  readonly outbox: Outbox;
}

export type OpenQueues<C> = (
  client: C,
  userId: string,
  session: Session,
  signIn: () => void,
) => Queues;

export interface ApolloGuide {
  followInbox(
    client: ApolloClient,
    receipts: ReceiptQueue,
    onError: (error: unknown) => void,
  ): () => void;
  createApollo(url: string, session: Session, socket: Client): ApolloClient;
  openApolloQueues: OpenQueues<ApolloClient>;
}

export interface UrqlGuide {
  followInbox(
    client: UrqlClient,
    receipts: ReceiptQueue,
    onReset: () => void,
    onError: (error: unknown) => void,
  ): () => void;
  createUrql(url: string, session: Session, socket: Client): UrqlClient;
  openUrqlQueues: OpenQueues<UrqlClient>;
}

export interface OwnStoreGuide {
  userToken(user: { id: string; name: string }): Promise<Token>;
  serviceToken(): Promise<string>;
  createMirror(request: Request): {
    created(room: {
      id: string;
      title: string;
      memberIds: string[];
    }): Promise<void>;
    joined(conversationId: string, userIds: string[]): Promise<void>;
    left(conversationId: string, userId: string): Promise<void>;
    stored(message: {
      id: string;
      roomId: string;
      senderId: string;
    }): Promise<{ id: string; seq: number; isRepeated: boolean }>;
  };
  followRoom(
    socket: Client,
    conversationId: string,
    after: string | null,
    take: (change: RoomChange) => void,
    onEnd: (reason: unknown) => void,
  ): () => void;
}

export interface RoomChange {
  readonly cursor: string;
  readonly messages: readonly {
    readonly clientId: string;
    readonly status: { readonly overallStatus: OverallStatus };
  }[];
}

export interface HttpStreamGuide {
  followByHttp(
    url: string,
    session: Session,
    conversationId: string,
    after: string | null,
    onChange: (data: MessageStatusChangedSubscription) => void,
  ): Following;
}

export interface TypedOperationsGuide {
  unreadByConversation(request: Request): Promise<Map<string, number>>;
  onDeleted(
    socket: Client,
    conversationId: string,
    after: string,
    take: (messageId: string) => void,
  ): () => void;
}
