/** What `acked --help` says after the commands. */
export const helpAfter = `
Examples:
  acked serve                                  serve with a Postgres of its own, and the demo
  acked token --user alice                     a token for an hour, from the same folder
  acked token --user my-app --service          a token for your back end
  acked doctor                                 what is wrong here, and what to do

Variables:
  PORT, HOST            where it listens: 4000 on 127.0.0.1
  DATABASE_URL          a Postgres; without it one is started, in DATA_DIR
  DATA_DIR              .acked in the current folder
  AUTH_JWT_SECRET       what tokens are signed with, 32 bytes or more; or AUTH_JWKS_URL
  NODE_ENV=production   no demo, no introspection, and keys must be set
  All of them are in README.md.
`;
