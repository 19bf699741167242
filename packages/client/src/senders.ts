/**
 * A typed mutation document, as codegen makes it. The type names its shape alone, so that the client
 * imports neither `graphql` nor Apollo Client nor urql.
 */
interface Mutation<Data, Variables> {
  readonly __apiType?: (variables: Variables) => Data;
}

/** The answer of a mutation's one field. */
type AnswerOf<Data> = Data[Exclude<keyof Data, "__typename">];

/** The part of Apollo Client that `sendByApollo` uses. */
interface ApolloLike<Document, Variables> {
  mutate(options: {
    mutation: Document;
    variables: Variables;
    errorPolicy: "none";
  }): Promise<object>;
}

/** The part of urql's client that `sendByUrql` uses. */
interface UrqlLike<Document, Variables> {
  mutation(
    document: Document,
    variables: Variables,
  ): { toPromise(): Promise<{ data?: unknown; error?: Error | undefined }> };
}

/** Lets a queue send by Apollo Client: `send: sendByApollo(client, SyncReceiptsDocument)`. */
export function sendByApollo<Document, Data, Variables>(
  client: ApolloLike<Document, Variables>,
  mutation: Document & Mutation<Data, Variables>,
): (variables: Variables) => Promise<AnswerOf<Data>> {
  return async (variables) => {
    const { data }: { data?: unknown } = await client.mutate({
      mutation,
      variables,
      errorPolicy: "none",
    });
    return answerOf(data);
  };
}

/** Lets a queue send by urql: `send: sendByUrql(client, SyncReceiptsDocument)`. */
export function sendByUrql<Document, Data, Variables>(
  client: UrqlLike<Document, Variables>,
  mutation: Document & Mutation<Data, Variables>,
): (variables: Variables) => Promise<AnswerOf<Data>> {
  return async (variables) => {
    const { data, error } = await client
      .mutation(mutation, variables)
      .toPromise();
    if (error) throw error;
    return answerOf(data);
  };
}

function answerOf<Data>(data: unknown): AnswerOf<Data> {
  if (isOf<Data>(data))
    for (const name in data) if (isField<Data>(name)) return data[name];
  throw new Error("The mutation answered nothing.");
}

/** Asserts the type that the document declares for its data. */
function isOf<Data>(data: unknown): data is Data & object {
  return typeof data === "object" && data !== null;
}

function isField<Data>(
  name: string,
): name is Exclude<keyof Data, "__typename"> & string {
  return name !== "__typename";
}
