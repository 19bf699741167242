import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "../../foundation/errors.js";
import { toClientError } from "../../graphql/client-error.js";
import { requireToken, viewerOf, type GateDependencies } from "./gate-hooks.js";

/**
 * Adds `GET /export/user/<id>`: all that is stored of a user, as lines of JSON, for service tokens. 401 without a good
 * token, 403 for users, 404 for a user of whom nothing is stored. What the client does not read is not read from the
 * database either. Where the answer ends without its last chunk it is not whole.
 */
export function registerExport(
  app: FastifyInstance,
  needs: GateDependencies,
): void {
  const { lifecycle } = needs.services;
  app.get(
    "/export/user/:id",
    { onRequest: requireToken(needs) },
    async (request: FastifyRequest<{ Params: { id: string } }>, reply) => {
      try {
        const lines = await lifecycle.exported(
          viewerOf(request),
          request.params.id,
        );
        return await reply
          .type("application/x-ndjson; charset=utf-8")
          .header("cache-control", "no-store")
          .send(Readable.from(texts(lines), { objectMode: false }));
      } catch (error) {
        return refuse(request, reply, error, needs);
      }
    },
  );
}

async function* texts(lines: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

function refuse(
  { id }: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  { log }: GateDependencies,
): FastifyReply {
  const code = error instanceof AppError ? error.code : null;
  const status = code === "FORBIDDEN" ? 403 : code === "NOT_FOUND" ? 404 : 500;
  return reply.status(status).send({ errors: [toClientError(error, id, log)] });
}
