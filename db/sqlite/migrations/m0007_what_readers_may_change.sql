-- Let readers pause, change and erase, and addresses that bounce be passed over.

ALTER TABLE subscription ADD COLUMN since TEXT; -- tells what appeared after; NULL: after `confirmed`
ALTER TABLE subscription ADD COLUMN paused TEXT;
ALTER TABLE subscription ADD COLUMN corrections INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription_request ADD COLUMN corrections INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription_request ADD COLUMN wording TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription_request ADD COLUMN address_key TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriber ADD COLUMN suppressed TEXT;
ALTER TABLE subscriber ADD COLUMN suppressed_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriber ADD COLUMN soft_bounces INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscriber ADD COLUMN last_bounce TEXT;
ALTER TABLE subscriber ADD COLUMN not_before TEXT; -- a soft bounce: nothing is written until then
-- one reader, one address, however it was typed; a second spelling stays as it is
UPDATE OR IGNORE subscriber SET email = lower(email);
-- a sign-up that was confirmed needs its address no more: the subscription has it
UPDATE subscription_request SET email = '' WHERE subscription_id IS NOT NULL;
CREATE TABLE consent (
  id INTEGER PRIMARY KEY,
  subscription_id INTEGER NOT NULL REFERENCES subscription (id),
  given TEXT NOT NULL,
  wording TEXT NOT NULL, -- what the reader agreed to, as it stood; empty where not recorded
  language TEXT NOT NULL
);
CREATE INDEX consent_subscription ON consent (subscription_id);
INSERT INTO consent (subscription_id, given, wording, language)
  SELECT id, confirmed, '', language FROM subscription;
-- who asked not to be written to by strangers; the address itself is not kept
CREATE TABLE refusal (
  address_key TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL, -- of the mail in which it was refused, and may be allowed again
  refused TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX refusal_token ON refusal (token_hash);
-- mails that strangers asked for, for the limits on them
CREATE TABLE asked (
  id INTEGER PRIMARY KEY,
  address_key TEXT NOT NULL,
  purpose TEXT NOT NULL,
  moment TEXT NOT NULL,
  mailed INTEGER NOT NULL
);
CREATE INDEX asked_moment ON asked (moment, address_key);
CREATE TABLE manage_token (
  token_hash TEXT PRIMARY KEY,
  subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
  expires TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE digest_page (
  token_hash TEXT PRIMARY KEY,
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  data BLOB NOT NULL -- what the mail showed, without the address
) WITHOUT ROWID;
CREATE INDEX digest_page_outbox ON digest_page (outbox_id);
CREATE INDEX subscription_subscriber ON subscription (subscriber_id);
-- the subscriptions that may be written to, but for a soft bounce's pause
CREATE VIEW wanted AS
  SELECT subscription.*, subscriber.email, subscriber.not_before
  FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
  WHERE subscription.ended IS NULL AND subscription.paused IS NULL
    AND subscriber.email IS NOT NULL AND subscriber.suppressed IS NULL;
