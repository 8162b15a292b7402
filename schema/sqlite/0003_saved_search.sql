-- Working state: queries that people keep under a name. They say nothing about evidence, and no rebuild touches them.

create table saved_search (
    name text not null primary key,
    query text not null,
    sort text not null,
    saved_by text not null,
    saved_at_us bigint not null
);
