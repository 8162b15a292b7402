//! The database: opening it, its pragmas, and what its errors mean.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::error::{Error, Kind, Result};

static MIGRATOR: Migrator = sqlx::migrate!("schema/sqlite");

/// The ledger in its database. Any process may append; each transaction reads the head of the chain anew.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(super) pool: SqlitePool,
    path: PathBuf,
}

impl Ledger {
    /// Makes a new ledger file, with an empty chain.
    ///
    /// # Errors
    /// `Conflict` where the file is there already.
    pub async fn create(path: &Path) -> Result<Self> {
        if path.try_exists().map_err(|it| Error::io("looking for", path, it))? {
            return Err(Error::conflict(format!("There is a ledger already at {}.", path.display())));
        }
        let ledger = Self { pool: connect(path, true).await?, path: path.to_owned() };
        ledger.migrate().await?;
        Ok(ledger)
    }

    /// Opens a ledger file and brings its tables up to this program.
    ///
    /// # Errors
    /// `NotFound` where there is none; `Unsupported` where a newer program wrote it.
    pub async fn open(path: &Path) -> Result<Self> {
        if !path.try_exists().map_err(|it| Error::io("looking for", path, it))? {
            let message =
                format!("There is no archive at {}; make one with `juanzong init`.", path.display());
            return Err(Error::not_found(message));
        }
        let ledger = Self { pool: connect(path, false).await?, path: path.to_owned() };
        ledger.migrate().await?;
        Ok(ledger)
    }

    /// Returns the file the ledger lies in.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the ledger; what was committed is in the one file then.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn migrate(&self) -> Result<()> {
        use sqlx::migrate::MigrateError as Fault;
        MIGRATOR.run(&self.pool).await.map_err(|it| match it {
            Fault::VersionMissing(_) | Fault::VersionTooNew(..) => {
                let message =
                    "This archive was written by a newer juanzong; open it with that version or a later one.";
                Error::unsupported(message).with_source(it)
            }
            Fault::Execute(fault) => fault_of(fault),
            other => {
                Error::corrupt("The tables of the ledger cannot be brought up to date.").with_source(other)
            }
        })
    }
}

async fn connect(path: &Path, create: bool) -> Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", "on")
        .busy_timeout(Duration::from_secs(30));
    SqlitePoolOptions::new().max_connections(8).connect_with(options).await.map_err(fault_of)
}

/// Classifies an error of the database.
pub(super) fn fault_of(fault: sqlx::Error) -> Error {
    use sqlx::Error as Fault;
    let (kind, message) = match &fault {
        Fault::RowNotFound => (Kind::NotFound, "The ledger has no such row."),
        Fault::PoolTimedOut | Fault::PoolClosed | Fault::Io(_) => {
            (Kind::Unavailable, "The ledger is busy or out of reach; try again.")
        }
        Fault::Database(it) => match it.code().as_deref() {
            Some("5" | "261" | "517" | "6") => {
                (Kind::Unavailable, "Another process is writing to the ledger for long; try again.")
            }
            Some("13" | "778") => (
                Kind::Unavailable,
                "The disk is full: the ledger could not be written. Nothing of this step was kept; make room and try again.",
            ),
            Some("8" | "14") => (
                Kind::Denied,
                "The ledger cannot be opened for writing; check the rights of the archive folder.",
            ),
            Some("11" | "26") => (
                Kind::Corrupt,
                "The ledger file is damaged; restore it from a backup with `juanzong restore`.",
            ),
            _ => (Kind::Internal, "The ledger refused a statement."),
        },
        Fault::ColumnDecode { .. } | Fault::Decode(_) => {
            (Kind::Corrupt, "A row of the ledger cannot be read; run `juanzong audit`.")
        }
        _ => (Kind::Internal, "The ledger could not be asked."),
    };
    Error::new(kind, message).with_source(fault)
}
