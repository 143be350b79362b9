/**
 * All queues of a file. An item's `id` is its age, and stays; `generation` counts its retries, so that
 * what was said of an attempt before counts no more. Times are milliseconds since 1970: processes share
 * them, and they go on through a restart.
 */
export const schema: string = `
create table if not exists jitney_queue (
  id integer primary key,
  name text not null unique,
  items integer not null default 0
) strict;

create table if not exists jitney_item (
  id integer primary key autoincrement,
  queue integer not null,
  client text not null,
  sequence integer not null,
  body blob not null,
  rank integer not null,
  submitted_at real not null,
  deadline real,
  wants_reply integer not null,
  generation integer not null default 0,
  attempts integer not null default 0,
  crashes integer not null default 0,
  state integer not null default 0,
  holder text,
  lease_end real,
  due_at real
) strict;
create unique index if not exists jitney_item_known on jitney_item (queue, client, sequence);
create index if not exists jitney_item_ready on jitney_item (queue, rank, id) where state = 0;
create index if not exists jitney_item_delayed on jitney_item (queue, due_at) where state = 1;
create index if not exists jitney_item_held on jitney_item (queue, lease_end) where state = 2;

create table if not exists jitney_reply (
  id integer primary key autoincrement,
  queue integer not null,
  client text not null,
  sequence integer not null,
  body blob not null,
  expiry real not null
) strict;
create unique index if not exists jitney_reply_known on jitney_reply (queue, client, sequence);

create table if not exists jitney_dead_letter (
  id integer primary key autoincrement,
  queue integer not null,
  client text not null,
  sequence integer not null,
  body blob not null,
  rank integer not null,
  attempts integer not null,
  reason text not null,
  died_at real not null
) strict;
create index if not exists jitney_dead_letter_of on jitney_dead_letter (queue, client, sequence);

create table if not exists jitney_worker (
  queue integer not null,
  worker text not null,
  lease real not null,
  heard_at real not null,
  primary key (queue, worker)
) strict, without rowid;
`

/** States of an item. */
export const ready = 0
export const delayed = 1
export const held = 2
