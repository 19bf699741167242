/** A stored profile. */
export interface UserRow {
  readonly id: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly readReceipts: boolean;
}
