CREATE TABLE "conversation_keys" (
	"creator_id" text NOT NULL,
	"client_id" text NOT NULL,
	"conversation_id" text NOT NULL,
	"content_digest" text NOT NULL,
	CONSTRAINT "conversation_keys_creator_id_client_id_pk" PRIMARY KEY("creator_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "timelines" (
	"number" integer PRIMARY KEY NOT NULL,
	"database" text NOT NULL,
	"begun_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
-- What is there already is older than every snapshot: 0. A constant default rewrites no table.
ALTER TABLE "conversations" ADD COLUMN "changed_xid" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversations" ALTER COLUMN "changed_xid" SET DEFAULT (pg_current_xact_id()::text)::bigint;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "xid" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "xid" SET DEFAULT (pg_current_xact_id()::text)::bigint;--> statement-breakpoint
ALTER TABLE "receipt_log" ADD COLUMN "xid" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "receipt_log" ALTER COLUMN "xid" SET DEFAULT (pg_current_xact_id()::text)::bigint;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "preferences_xid" bigint;--> statement-breakpoint
CREATE INDEX "messages_by_xid" ON "messages" USING brin ("xid") WITH (autosummarize = on, pages_per_range = 32);--> statement-breakpoint
CREATE INDEX "receipt_log_by_xid" ON "receipt_log" USING brin ("xid") WITH (autosummarize = on, pages_per_range = 32);--> statement-breakpoint
CREATE INDEX "users_by_preferences_xid" ON "users" USING btree ("preferences_xid") WHERE "users"."preferences_xid" is not null;