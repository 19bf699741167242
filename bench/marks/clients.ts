import { openSocketIo } from "../peers/sequelize/client.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { bearer } from "../support/tokens.js";
import type { Place, Reading } from "./chats.js";
import type { Operations } from "./operations.js";

/** One reader's connection. */
export interface Client {
  /**
   * Marks a message as read.
   * @throws where the answer has an error
   */
  mark(place: Place): Promise<void>;
  /** Calls at every event of a conversation. */
  watch(conversationId: string, onEvent: () => void): Promise<void>;
  close(): void;
}

/** A reader who speaks GraphQL over `graphql-transport-ws`. */
export async function openGraphql(
  host: string,
  readerId: string,
  operations: Operations,
  idOf: (place: Place) => string | number,
): Promise<Client> {
  const socket = await GraphqlSocket.open(host, await bearer(readerId));
  return {
    async mark(place) {
      const id = JSON.stringify(idOf(place));
      await socket.execute(operations.mark, `{"id":${id}}`);
    },
    async watch(conversationId, onEvent) {
      socket.listen(
        operations.watch,
        JSON.stringify({ id: conversationId }),
        onEvent,
      );
      // The server begins operations in order: once this query is answered, the subscription has begun.
      await socket.execute("{ __typename }", "{}");
    },
    close: () => socket.close(),
  };
}

/** Workers that keep so many marks in flight: as many for each reader, each of which makes one mark after the other. */
export function markers(
  reading: Reading,
  clients: ReadonlyMap<string, Client>,
  inFlight: number,
): (() => Promise<boolean>)[] {
  return [...clients].flatMap(([reader, client]) =>
    Array.from({ length: inFlight / clients.size }, () => async () => {
      const place = reading.next(reader);
      if (place) await client.mark(place);
      return place !== null;
    }),
  );
}

/** A reader who speaks Socket.IO. */
export async function openRoom(
  host: string,
  readerId: string,
  idOf: (place: Place) => number,
): Promise<Client> {
  const socket = await openSocketIo(host, await bearer(readerId));
  return {
    async mark(place) {
      const answer: unknown = await socket.emitWithAck(
        "mark",
        idOf(place),
        "read",
      );
      if (answer === null) throw new Error("the mark was refused");
    },
    async watch(conversationId, onEvent) {
      socket.on("status", onEvent);
      await socket.emitWithAck("join", conversationId);
    },
    close: () => void socket.close(),
  };
}
