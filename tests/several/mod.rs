//! Several processes on one PostgreSQL: the real binary with its roles apart, killed, paused and
//! taken over; claims by many clients at once; a pooler between them and the database.

mod claims;
mod digests;
mod pooled;
mod roles;
mod team;
