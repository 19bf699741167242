import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Config } from "../../src/config/config.js";
import { Chat } from "./chat.js";
import { startNats, type OwnNats } from "./nats.js";
import {
  createTestDatabase,
  startTestServer,
  type TestServer,
} from "./server.js";

type Environment = Record<string, string>;

/**
 * A database for the tests of a file, or of a `describe`: created before the first of them, and
 * dropped after the last. Tests and hooks may use it, code outside of them may not.
 */
export function databaseForFile(): { readonly url: string } {
  let database: Awaited<ReturnType<typeof createTestDatabase>> | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());
  return standIn(() => database);
}

/** A NATS server for the tests of a file, or of a `describe`. Tests and hooks may use it, code outside of them may not. */
export function natsForFile(): OwnNats {
  let nats: OwnNats | undefined;
  beforeAll(async () => {
    [nats] = await startNats();
  });
  afterAll(() => nats?.remove());
  return standIn(() => nats);
}

/**
 * A server for the tests of a file, or of a `describe`: started before the first of them, and closed
 * after the last. Tests and hooks may use it, code outside of them may not.
 * @param env the environment, or a function that makes it once earlier hooks have run
 */
export function serverForFile(
  env: Environment | (() => Environment) = {},
  settings: Partial<Config> = {},
): TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await startTestServer(
      typeof env === "function" ? env() : env,
      settings,
    );
  });
  afterAll(() => server?.close());
  return standIn(() => server);
}

/** What each test adds here is done after it, the last first. */
export function cleanupsAfterEachTest(): (() => Promise<unknown>)[] {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  return cleanups;
}

/** A chat with people and conversations of its own for each test. Only tests may use it. */
export function chatForEachTest(server: TestServer): Chat {
  let chat: Chat | undefined;
  beforeEach(() => {
    chat = new Chat(server);
  });
  return standIn(() => chat);
}

/** An object whose members are those of another object, which a hook makes later. */
function standIn<T extends object>(current: () => T | undefined): T {
  const existing = () => {
    const object = current();
    if (!object) throw new Error("only tests and hooks may use this fixture");
    return object;
  };
  return new Proxy({} as T, {
    get(_, name) {
      const object = existing();
      const member: unknown = Reflect.get(object, name);
      return typeof member === "function"
        ? (...args: unknown[]): unknown => Reflect.apply(member, object, args)
        : member;
    },
    set: (_, name, value) => Reflect.set(existing(), name, value),
  });
}
