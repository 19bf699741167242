import {
  DataTypes,
  Model,
  Sequelize,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
} from "sequelize";

/** A message. */
export class Message extends Model<
  InferAttributes<Message>,
  InferCreationAttributes<Message>
> {
  declare id: CreationOptional<number>;
  declare conversationId: string;
  declare senderId: string;
  declare body: string;
}

/** A participant of a conversation. */
export class Participant extends Model<
  InferAttributes<Participant>,
  InferCreationAttributes<Participant>
> {
  declare conversationId: string;
  declare userId: string;
}

/** The receipt of one recipient for one message. */
export class Receipt extends Model<
  InferAttributes<Receipt>,
  InferCreationAttributes<Receipt>
> {
  declare messageId: number;
  declare userId: string;
  declare deliveredAt: Date;
  declare readAt: CreationOptional<Date | null>;
}

/** Connects the models to a database. */
export function connectModels(databaseUrl: string): Sequelize {
  const sequelize = new Sequelize(databaseUrl, {
    dialect: "postgres",
    logging: false,
    // No limit on the requests that wait for a connection.
    pool: { max: 10, min: 10, acquire: 600_000 },
    define: { timestamps: false, underscored: true },
  });
  Message.init(
    {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
      conversationId: DataTypes.TEXT,
      senderId: DataTypes.TEXT,
      body: DataTypes.TEXT,
    },
    { sequelize, tableName: "messages" },
  );
  Participant.init(
    {
      conversationId: { type: DataTypes.TEXT, primaryKey: true },
      userId: { type: DataTypes.TEXT, primaryKey: true },
    },
    { sequelize, tableName: "participants" },
  );
  Receipt.init(
    {
      messageId: { type: DataTypes.INTEGER, primaryKey: true },
      userId: { type: DataTypes.TEXT, primaryKey: true },
      deliveredAt: DataTypes.DATE,
      readAt: DataTypes.DATE,
    },
    { sequelize, tableName: "receipts" },
  );
  return sequelize;
}
