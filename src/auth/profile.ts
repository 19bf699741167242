/** What a token says of its user. Null leaves what is stored as it is. */
export interface Profile {
  readonly id: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
}
