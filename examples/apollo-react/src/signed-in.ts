/** The user of this page, as the app's own sign-in knows them; `?token=…&url=…` stands for it here. */
const asked = new URLSearchParams(location.search);
const token = asked.get("token") ?? "";
const claims = JSON.parse(
  atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")),
) as { sub: string; exp: number };

export const signedIn = {
  url: asked.get("url") ?? "http://127.0.0.1:4000/graphql",
  userId: claims.sub,
  // An app asks its back end here. Try: npx acked token --user alice
  fetchToken: () => Promise.resolve({ token, expiresAtMs: claims.exp * 1_000 }),
};
