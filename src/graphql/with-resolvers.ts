import {
  isObjectType,
  isScalarType,
  GraphQLScalarType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from "graphql";

/** How a field is answered: by a function, or where it is subscribed to, by two. */
type FieldResolver =
  | GraphQLFieldResolver<never, never, never>
  | {
      readonly resolve?: GraphQLFieldResolver<never, never, never>;
      readonly subscribe?: GraphQLFieldResolver<never, never, never>;
    };

/** The resolvers of each object type by its fields, and each scalar with its conversions. */
export type ResolverMap = Readonly<
  Record<string, Readonly<Record<string, FieldResolver>> | GraphQLScalarType>
>;

/**
 * Gives the fields of a schema their resolvers, and its scalars their conversions. A field without a resolver is
 * the property of that name.
 * @param schema is changed, and returned
 * @throws {Error} where the schema has no such type or field
 */
export function withResolvers(
  schema: GraphQLSchema,
  resolvers: ResolverMap,
): GraphQLSchema {
  for (const [name, given] of Object.entries(resolvers)) {
    const type = schema.getType(name);
    if (given instanceof GraphQLScalarType) {
      if (!isScalarType(type)) throw new Error(`${name} is no scalar.`);
      const { serialize, parseValue, parseLiteral } = given;
      Object.assign(type, { serialize, parseValue, parseLiteral });
      continue;
    }
    if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
    const fields = type.getFields();
    for (const [fieldName, resolver] of Object.entries(given)) {
      const field = fields[fieldName];
      if (!field) throw new Error(`There is no field ${name}.${fieldName}.`);
      Object.assign(
        field,
        typeof resolver === "function" ? { resolve: resolver } : resolver,
      );
    }
  }
  return schema;
}
