-- outside a transaction
-- Deactivated and erased users, and how far the log is compacted. The tables are new; the last two indexes find what a
-- user took part in and left, and what mentions them, and are built while others write.
CREATE TABLE IF NOT EXISTS "compactions" (
	"id" integer PRIMARY KEY NOT NULL,
	"conversation_key" bigint,
	"participant_number" integer,
	"held_until" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "deactivations" (
	"user_id" text PRIMARY KEY NOT NULL,
	"deactivated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "departures" (
	"conversation_key" bigint NOT NULL,
	"conversation_id" text NOT NULL,
	"user_id" text NOT NULL,
	CONSTRAINT "departures_conversation_key_user_id_pk" PRIMARY KEY("conversation_key","user_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "erasures" (
	"digest" text PRIMARY KEY NOT NULL,
	"alias" text,
	"erased_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "departures_by_user" ON "departures" USING btree ("user_id","conversation_key");--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "participants_gone_by_user";--> statement-breakpoint
CREATE INDEX CONCURRENTLY "participants_gone_by_user" ON "participants" USING btree ("user_id","conversation_key") WHERE "participants"."left_at" is not null;--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "mentions_by_user";--> statement-breakpoint
CREATE INDEX CONCURRENTLY "mentions_by_user" ON "mentions" USING btree ("user_id","conversation_key");
