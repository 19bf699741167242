import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { createAuthenticator } from "../../src/auth/token.js";
import { createDocumentCache } from "../../src/gate/documents.js";
import { RefusedError } from "../../src/gate/refusal.js";
import { answerQuestions } from "../support/contender-process.js";
import { secret } from "../support/tokens.js";
import { createEmptySchema } from "./empty-schema.js";

// The ceiling over sockets: graphql-ws on ws with an empty resolver. Documents are parsed and
// validated once, as in Acked. The rest of the work is needed by every server of this protocol.

const schema = createEmptySchema();
const documents = createDocumentCache(schema);
const authenticate = createAuthenticator({
  keys: { kind: "secret", secret },
  issuer: null,
  audience: null,
});

const server = createServer();
const wss = new WebSocketServer({
  server,
  path: "/graphql",
  perMessageDeflate: false,
});
useServer<{ authorization?: string }>(
  {
    schema,
    async onConnect({ connectionParams }) {
      await authenticate(connectionParams?.authorization);
    },
    onSubscribe(_context, _id, { query, variables }) {
      const known = documents.get(query);
      if ("errors" in known)
        return known.errors.map((error) => new RefusedError(error));
      const { document } = known;
      return { schema, document, variableValues: variables ?? {} };
    },
  },
  wss,
);
server.listen(0, "127.0.0.1", () =>
  answerQuestions((server.address() as AddressInfo).port),
);
