/** A stored profile. */
export interface UserRow {
  readonly id: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly readReceipts: boolean;
}

/** What the resolvers of `User` start from. */
export interface UserModel {
  readonly id: string;
}

/** What a token says of its user. Null leaves what is stored as it is. */
export interface Profile {
  readonly id: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
}
