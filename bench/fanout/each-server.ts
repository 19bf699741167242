import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getOperationAST, OperationTypeNode } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { createAuthenticator, type Identity } from "../../src/auth/token.js";
import { connect } from "../../src/db/connect.js";
import { createInProcessBus } from "../../src/bus/in-process-bus.js";
import { operationContext, sharedContext } from "../../src/graphql/context.js";
import { createDocumentCache } from "../../src/gate/documents.js";
import { RefusedError } from "../../src/gate/refusal.js";
import { createSchema } from "../../src/graphql/schema.js";
import type { SeenChange } from "../../src/stream/visible-change.js";
import { everyone } from "../../src/domain/receipts/audience.js";
import { createServices } from "../../src/services.js";
import { answerQuestions } from "../support/contender-process.js";
import { secret } from "../support/tokens.js";

// Acked's schema, resolvers and services, with subscriptions as graphql-ws serves them: each
// subscriber's operation is executed for each event. GET answers how many subscribers there are.

const bus = createInProcessBus();
const services = await createServices({
  db: connect(process.env["DATABASE_URL"] ?? "").db,
  bus,
  cursorSecret: secret,
  sweepMs: 60_000,
  onError: console.error,
});
const schema = createSchema();
const documents = createDocumentCache(schema);
const authenticate = createAuthenticator({
  keys: { kind: "secret", secret },
  issuer: null,
  audience: null,
});

const listeners = new Set<(change: SeenChange) => void>();
const root = schema.getSubscriptionType()?.getFields()["messageStatusChanged"];
if (!root) throw new Error("no messageStatusChanged");
root.subscribe = changes;

/** Every change from now on, for one subscriber. */
function changes(): AsyncIterableIterator<{
  messageStatusChanged: SeenChange;
}> {
  const waiting: SeenChange[] = [];
  let isOver = false;
  let wake = (): void => undefined;
  const listener = (change: SeenChange) => {
    waiting.push(change);
    wake();
  };
  listeners.add(listener);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (waiting.length === 0 && !isOver)
        await new Promise<void>((resolve) => (wake = resolve));
      const change = waiting.shift();
      return change && !isOver
        ? { value: { messageStatusChanged: change } }
        : { done: true, value: undefined };
    },
    async return() {
      isOver = true;
      listeners.delete(listener);
      wake();
      return { done: true, value: undefined };
    },
  };
}

async function tell(conversationId: string, version: number): Promise<void> {
  const from = { version: version - 1, lastSeq: 0 };
  const set = await services.changes.since(conversationId, from);
  const change = await services.view.seenBy(
    set,
    { audience: everyone, sentBy: null },
    `version-${version}`,
  );
  if (change) for (const listener of listeners) listener(change);
}
bus.listen((notice) => {
  if (notice.kind === "conversation")
    void tell(notice.conversationId, notice.version);
});

const server = createServer((_, response) =>
  response.end(String(listeners.size)),
);
const wss = new WebSocketServer({
  server,
  path: "/graphql",
  perMessageDeflate: false,
});
useServer<{ authorization?: string }, { identity?: Identity }>(
  {
    schema,
    async onConnect({ connectionParams, extra }) {
      extra.identity = await authenticate(connectionParams?.authorization);
      await services.users.ensure(extra.identity.profile);
    },
    onSubscribe({ extra }, _id, { query, variables }) {
      const known = documents.get(query);
      if ("errors" in known)
        return known.errors.map((error) => new RefusedError(error));
      const { document } = known;
      const requestId = randomUUID();
      const isStream =
        getOperationAST(document)?.operation === OperationTypeNode.SUBSCRIPTION;
      const contextValue = isStream
        ? sharedContext(services, requestId, everyone, null)
        : operationContext(services, requestId, () => {
            if (!extra.identity) throw new Error("nobody was let in");
            return extra.identity.viewer;
          });
      return {
        schema,
        document,
        contextValue,
        variableValues: variables ?? {},
      };
    },
  },
  wss,
);
server.listen(0, "127.0.0.1", () =>
  answerQuestions((server.address() as AddressInfo).port),
);
