import type { AddressInfo } from "node:net";
import { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify from "fastify";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { createAuthenticator } from "../../../src/auth/token.js";
import { answerQuestions } from "../../support/contender-process.js";
import { secret } from "../../support/tokens.js";
import { createQueries } from "./queries.js";
import { createSchema, type Context } from "./schema.js";

// The peer as a good GraphQL developer would write it: Apollo Server, graphql-ws, Drizzle with prepared
// statements, a row for each message and recipient with an upsert, events in memory.

const schema = createSchema(createQueries(process.env["DATABASE_URL"] ?? ""));
const authenticate = createAuthenticator({
  keys: { kind: "secret", secret },
  issuer: null,
  audience: null,
});
const app = Fastify();
const apollo = new ApolloServer<Context>({ schema });
await apollo.start();
app.post(
  "/graphql",
  fastifyApolloHandler(apollo, {
    context: async ({ headers }) => ({
      userId: (await authenticate(headers.authorization)).viewer.userId,
    }),
  }),
);

const wss = new WebSocketServer({ server: app.server, path: "/graphql" });
useServer<{ authorization?: string }, { userId?: string }>(
  {
    schema,
    async onConnect({ connectionParams, extra }) {
      const { viewer } = await authenticate(connectionParams?.authorization);
      extra.userId = viewer.userId;
    },
    context: ({ extra }) => ({ userId: extra.userId }),
  },
  wss,
);

await app.listen({ host: "127.0.0.1", port: 0 });
answerQuestions((app.server.address() as AddressInfo).port);
