/**
 * A typed mutation document, as codegen makes it, known by its shape alone: nothing of GraphQL, of
 * Apollo Client or of urql is imported here.
 */
interface Mutation<Data, Variables> {
  readonly __apiType?: (variables: Variables) => Data;
}

/** What the one field of a mutation answers. */
type AnswerOf<Data> = Data[Exclude<keyof Data, "__typename">];

/** The part of Apollo Client that is used. */
interface ApolloLike<Document, Variables, Data> {
  mutate(options: {
    mutation: Document;
    variables: Variables;
    errorPolicy: "none";
  }): Promise<{ data?: Data | null | undefined }>;
}

/** The part of urql's client that is used. */
interface UrqlLike<Document, Variables, Data> {
  mutation(
    document: Document,
    variables: Variables,
  ): {
    toPromise(): Promise<{
      data?: Data | null | undefined;
      error?: Error | undefined;
    }>;
  };
}

/** Lets a queue send by Apollo Client: `send: sendByApollo(client, SyncReceiptsDocument)`. */
export function sendByApollo<Data extends object, Variables>(
  client: ApolloLike<Mutation<Data, Variables>, Variables, Data>,
  mutation: Mutation<Data, Variables>,
): (variables: Variables) => Promise<AnswerOf<Data>> {
  return async (variables) => {
    const { data } = await client.mutate({
      mutation,
      variables,
      errorPolicy: "none",
    });
    return answerOf(data);
  };
}

/** Lets a queue send by urql: `send: sendByUrql(client, SyncReceiptsDocument)`. */
export function sendByUrql<Data extends object, Variables>(
  client: UrqlLike<Mutation<Data, Variables>, Variables, Data>,
  mutation: Mutation<Data, Variables>,
): (variables: Variables) => Promise<AnswerOf<Data>> {
  return async (variables) => {
    const { data, error } = await client
      .mutation(mutation, variables)
      .toPromise();
    if (error) throw error;
    return answerOf(data);
  };
}

function answerOf<Data extends object>(
  data: Data | null | undefined,
): AnswerOf<Data> {
  const isField = (
    name: string,
  ): name is Exclude<keyof Data & string, "__typename"> =>
    name !== "__typename";
  const name = Object.keys(data ?? {}).find(isField);
  if (!data || name === undefined)
    throw new Error("The mutation answered nothing.");
  return data[name];
}
