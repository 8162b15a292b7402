//! The tables of a ledger seen from outside, by SQL of the tests' own.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, query, query_scalar};

/// Tables that are folded from the entries, parents before children.
const PROJECTIONS: [&str; 10] = [
    "archive",
    "unit",
    "scheme",
    "submission",
    "evidence",
    "part",
    "reading",
    "duty_standing",
    "absorption",
    "disposal",
];

/// The ledger file of an archive, opened beside it.
pub struct Tables(SqlitePool);

impl Tables {
    pub async fn open(archive: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(archive.join("ledger.sqlite"));
        Self(SqlitePool::connect_with(options).await.unwrap())
    }

    /// Runs a statement.
    pub async fn run(&self, statement: &str) {
        query(AssertSqlSafe(statement)).execute(&self.0).await.unwrap();
    }

    /// The texts that a query of one column gives.
    pub async fn texts(&self, statement: &str) -> Vec<String> {
        query_scalar(AssertSqlSafe(statement)).fetch_all(&self.0).await.unwrap()
    }

    /// Every row of every projection, its columns quoted.
    pub async fn projections(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut res = BTreeMap::new();
        for table in PROJECTIONS {
            let columns = self
                .texts(&format!("select 'quote(' || name || ')' from pragma_table_info('{table}')"))
                .await;
            let row = columns.join(" || ' ' || ");
            res.insert(table, self.texts(&format!("select {row} from {table} order by 1")).await);
        }
        let known = "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\' order by name";
        let mut all: Vec<String> = PROJECTIONS
            .iter()
            .map(|it| (*it).to_owned())
            .chain(["entry", "entry_blob", "entry_evidence", "removal", "saved_search"].map(str::to_owned))
            .collect();
        all.sort();
        assert_eq!(self.texts(known).await, all, "a table is neither of the entries nor listed here");
        res
    }

    /// Takes every row out of every projection.
    pub async fn drop_projections(&self) {
        for table in PROJECTIONS.iter().rev() {
            self.run(&format!("delete from {table}")).await;
        }
    }
}
