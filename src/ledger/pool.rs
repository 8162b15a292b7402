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

    /// Opens a ledger file that nobody writes, to read it as it lies there, were it on a disk that cannot be written. Its
    /// tables are not brought up to this program.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub async fn open_still(path: &Path) -> Result<Self> {
        let log = path.with_extension("sqlite-wal");
        if !path.is_file() || log.metadata().is_ok_and(|it| it.len() > 0) {
            // Somebody worked on it and was killed: what is in the log must come first.
            return Self::open(path).await;
        }
        let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        Ok(Self { pool: pool.map_err(fault_of)?, path: path.to_owned() })
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
    let (kind, message, zh) = match &fault {
        Fault::RowNotFound => (Kind::NotFound, "The ledger has no such row.", "操作记录中没有这一行。"),
        Fault::PoolTimedOut | Fault::PoolClosed | Fault::Io(_) => (
            Kind::Unavailable,
            "The ledger is busy or out of reach; try again.",
            "操作记录正忙或无法访问，请稍后再试。",
        ),
        Fault::Database(it) => told_by_sqlite(it.code().and_then(|it| it.parse().ok())),
        Fault::ColumnDecode { .. } | Fault::Decode(_) => (
            Kind::Corrupt,
            "A row of the ledger cannot be read; run `juanzong audit`.",
            "操作记录中有一行无法读取，请运行 juanzong audit。",
        ),
        _ => (Kind::Internal, "The ledger could not be asked.", "无法查询操作记录。"),
    };
    Error::new(kind, message).zh(zh).with_source(fault)
}

/// What a result code of SQLite means. <https://sqlite.org/rescode.html>
fn told_by_sqlite(code: Option<i32>) -> (Kind, &'static str, &'static str) {
    /// A write that failed; SQLite tells it so where a quota is used up.
    const IOERR_WRITE: i32 = 778;
    // The low byte is the class, the rest says where it happened.
    match (code, code.map(|it| it & 0xff)) {
        (Some(IOERR_WRITE), _) | (_, Some(13)) => (
            Kind::Unavailable,
            "The disk is full: the ledger could not be written. Nothing of this step was kept; make room and try again.",
            "磁盘已满，操作记录无法写入。这一步没有保存任何内容；请腾出空间后再试。",
        ),
        (_, Some(5 | 6)) => (
            Kind::Unavailable,
            "Another process is writing to the ledger for long; try again.",
            "另一个进程正在长时间写入操作记录，请稍后再试。",
        ),
        // PERM, READONLY, CANTOPEN, AUTH
        (_, Some(3 | 8 | 14 | 23)) => (
            Kind::Denied,
            "The ledger cannot be opened for writing; check the rights of the archive folder and of the files in it, and \
             that the disk can be written.",
            "操作记录无法以写入方式打开；请检查当前账号对档案库文件夹及其中文件的权限，以及磁盘是否可写。",
        ),
        // CORRUPT, NOTADB
        (_, Some(11 | 26)) => (
            Kind::Corrupt,
            "The ledger file is damaged; restore it from a backup with `juanzong restore`.",
            "操作记录文件已损坏；请用 juanzong restore 从备份恢复。",
        ),
        _ => (Kind::Internal, "The ledger refused a statement.", "操作记录拒绝执行一条语句。"),
    }
}
