import type { FastifyInstance } from "fastify";

/** The paths of a node that a visitor may look for. */
const paths = {
  graphql: "/graphql",
  alive: "/livez",
  ready: "/readyz",
} as const;

/** Adds `GET /`: a browser is sent to the explorer, and a program is told the paths. */
export function registerFrontDoor(
  app: FastifyInstance,
  { hasDemo }: { readonly hasDemo: boolean },
): void {
  app.get("/", (request, reply) =>
    request.headers.accept?.includes("text/html")
      ? reply.redirect(paths.graphql)
      : reply.send({ ...paths, ...(hasDemo && { demo: "/demo/" }) }),
  );
}
