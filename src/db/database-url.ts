/** Where a Postgres listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A DATABASE_URL, taken apart as far as the driver can't. */
export interface DatabaseUrl {
  /** With one host at most, and without `target_session_attrs`. */
  readonly url: string;
  /** The servers to try, in order; empty where the URL's own host is the only one. */
  readonly endpoints: readonly Endpoint[];
}

/**
 * What DATABASE_POOLER says of what stands before the database: something that lends a session for a
 * transaction, nothing that does, or that the start finds it out.
 */
export type Pooler = "auto" | "session" | "transaction";

const defaultPort = 5432;

/** What `target_session_attrs` may say: Acked writes, and so looks for a server that takes writes. */
const writable = ["any", "read-write", "primary"];

/**
 * Reads `postgres://user:password@a:5432,b:5432/name?target_session_attrs=read-write`, as libpq has it
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS). The driver knows
 * such URLs, but never fails and never waits where none of the hosts takes it.
 * @returns what is wrong with it, in words, where it can't be used
 */
export function parseDatabaseUrl(text: string): DatabaseUrl | string {
  const [, start = "", authority = "", rest = ""] =
    /^(postgres(?:ql)?:\/\/)([^/?#]*)(.*)$/s.exec(text) ?? [];
  if (start === "")
    return "must be a URL that starts with postgres:// or postgresql://";
  const at = authority.lastIndexOf("@") + 1;
  const hosts = authority.slice(at).split(",");
  const isPlain = hosts.length === 1 && !hosts[0]?.startsWith("[");
  const endpoints = isPlain ? [] : hosts.map(parseEndpoint);
  if (!endpoints.every((endpoint) => endpoint !== null))
    return "names a host that is no host, or a port that is no port";
  const single = `${start}${authority.slice(0, at)}${isPlain ? (hosts[0] ?? "") : "localhost"}${rest}`;
  if (!URL.canParse(single))
    return "must be a URL that starts with postgres:// or postgresql://";
  const url = new URL(single);
  const wanted = url.searchParams.get("target_session_attrs");
  if (wanted === null) return { url: single, endpoints };
  if (!writable.includes(wanted))
    return `has target_session_attrs=${wanted}, but Acked writes: ${writable.join(", ")} are possible`;
  url.searchParams.delete("target_session_attrs");
  return { url: url.href, endpoints };
}

function parseEndpoint(text: string): Endpoint | null {
  const [, literal, name, port] =
    /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = literal ?? name;
  if (host === undefined || Number(port) > 65_535) return null;
  return { host, port: port === undefined ? defaultPort : Number(port) };
}
