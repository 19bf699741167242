/**
 * Finds the authorization of a socket. Documented is `connectionParams.authorization`, as `Bearer` and a token;
 * the other places are those where clients put it that are set up for other servers, in the order in which
 * they count. The first place that holds something is the one that counts, good or bad.
 * @param params the payload of `connection_init`: not trusted at all
 * @param header the `Authorization` header of the upgrade, which programs can set and browsers cannot
 */
export function authorizationOf(
  params: Readonly<Record<string, unknown>> | undefined,
  header: string | undefined,
): string | undefined {
  return (
    textAt(params, "authorization") ??
    textAt(valueAt(params, "headers"), "authorization") ??
    bearer(textAt(params, "authtoken") ?? textAt(params, "token")) ??
    header
  );
}

/** Names of headers are the same in any case. */
function valueAt(object: unknown, name: string): unknown {
  if (typeof object !== "object" || object === null) return undefined;
  const found = Object.entries(object).find(
    ([key]) => key.toLowerCase() === name,
  );
  return found?.[1];
}

function textAt(object: unknown, name: string): string | undefined {
  const value = valueAt(object, name);
  return typeof value === "string" ? value : undefined;
}

/** A parameter that is called a token holds the token alone, or the whole header. */
function bearer(token: string | undefined): string | undefined {
  return token === undefined || /^Bearer /i.test(token)
    ? token
    : `Bearer ${token}`;
}
