export interface EmbeddedPostgres {
  url: string;
  stop(): Promise<void>;
}
export function startEmbeddedPostgres(_o: {
  dataDir: string;
  log: (m: string) => void;
}): Promise<EmbeddedPostgres> {
  throw new Error();
}
