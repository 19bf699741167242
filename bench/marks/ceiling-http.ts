import type { AddressInfo } from "node:net";
import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify from "fastify";
import { createAuthenticator } from "../../src/auth/token.js";
import { answerQuestions } from "../support/contender-process.js";
import { secret } from "../support/tokens.js";
import { createEmptySchema } from "./empty-schema.js";

// The ceiling over HTTP: Apollo Server on Fastify with an empty resolver, and the same check of the
// token at each request. Plugins that are off in Acked are off here as well.

const authenticate = createAuthenticator({
  keys: { kind: "secret", secret },
  issuer: null,
  audience: null,
});
const apollo = new ApolloServer({
  schema: createEmptySchema(),
  introspection: false,
  stopOnTerminationSignals: false,
  plugins: [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    ApolloServerPluginLandingPageDisabled(),
  ],
});
await apollo.start();
const app = Fastify();
app.post(
  "/graphql",
  fastifyApolloHandler(apollo, {
    context: ({ headers }) => authenticate(headers.authorization),
  }),
);
await app.listen({ host: "127.0.0.1", port: 0 });
answerQuestions((app.server.address() as AddressInfo).port);
