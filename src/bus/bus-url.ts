import { parseDatabaseUrl } from "../db/database-url.js";
import type { NatsChoice } from "./nats-line.js";

/** How the nodes tell each other. */
export type BusChoice =
  /** There is one node. */
  | { readonly kind: "in-process" }
  /** LISTEN and NOTIFY; at DATABASE_URL where `url` is null. */
  | { readonly kind: "postgres"; readonly url: string | null }
  | NatsChoice;

const wanted =
  "must be postgres, a URL that starts with postgres://, nats:// or tls://, or in-process";

/**
 * Reads a BUS_URL.
 * @returns what is wrong with it, in words, where it can't be used
 */
export function parseBusUrl(
  text: string,
  credentialsFile: string | null = null,
): BusChoice | string {
  if (text === "in-process") return { kind: "in-process" };
  if (text === "postgres") return { kind: "postgres", url: null };
  if (/^postgres(ql)?:/.test(text)) {
    const parsed = parseDatabaseUrl(text);
    return typeof parsed === "string"
      ? parsed
      : { kind: "postgres", url: text };
  }
  return parseNats(text, credentialsFile);
}

/** `nats://a:4222,b:4222`: the scheme and the user may stand before each server, or once before the first. */
function parseNats(
  text: string,
  credentialsFile: string | null,
): NatsChoice | string {
  const scheme = /^(nats|tls):\/\//.exec(text)?.[0];
  if (scheme === undefined) return wanted;
  const urls = text
    .split(",")
    .map((part) => part.trim())
    .map((part) => (/^\w+:\/\//.test(part) ? part : scheme + part));
  if (!urls.every((url) => url.startsWith(scheme)))
    return `names servers of several kinds: each must start with ${scheme}`;
  const servers: string[] = [];
  const users = new Set<string>();
  for (const each of urls) {
    if (!URL.canParse(each)) return "names a server that is no host and port";
    const { hostname, port, username, password, pathname, search } = new URL(
      each,
    );
    if (hostname === "" || !/^\/?$/.test(pathname) || search !== "")
      return "names a server that is no host and port";
    servers.push(`${hostname}:${port === "" ? "4222" : port}`);
    if (username !== "") users.add(`${username}:${password}`);
  }
  if (users.size > 1) return "names several users: one is for all servers";
  const [pair] = users;
  const [user = null, password = null] = (pair?.split(":") ?? []).map(
    decodeURIComponent,
  );
  return {
    kind: "nats",
    servers,
    isTls: scheme === "tls://",
    user,
    password: password === "" ? null : password,
    credentialsFile,
  };
}
