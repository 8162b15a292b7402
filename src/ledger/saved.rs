//! Searches kept under a name: working state, told to everyone who may search.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::error::{Error, Result};
use crate::ledger::pool::{Ledger, fault_of};

/// A search kept under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// Its name.
    pub name: String,
    /// What is typed.
    pub query: String,
    /// The word of the order of its hits; empty for the best first.
    pub sort: String,
    /// Who kept it.
    pub by: String,
}

/// Characters of a name.
const LONGEST: usize = 60;

/// Searches that are kept at most.
const MOST: i64 = 500;

impl Ledger {
    /// Keeps a search under a name, in place of an earlier one of that name.
    ///
    /// # Errors
    /// `Invalid` for a name that is empty, long or of several lines, or an empty query; `TooLarge` where 500 are kept.
    pub async fn save_search(&self, now: Timestamp, search: &SavedSearch) -> Result<()> {
        let name = search.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
            let message =
                format!("A search is kept under a name of one line and at most {LONGEST} characters.");
            return Err(Error::invalid(message).zh(format!("请给检索起个名字，一行，最多 {LONGEST} 个字。")));
        }
        if search.query.trim().is_empty() {
            return Err(
                Error::invalid("There is nothing to keep: the query is empty.").zh("检索条件是空的。")
            );
        }
        let kept: i64 = sqlx::query_scalar("select count(*) from saved_search where name <> $1")
            .bind(name)
            .fetch_one(&self.pool)
            .await
            .map_err(fault_of)?;
        if kept >= MOST {
            let message = format!("{MOST} searches are kept already; forget one first.");
            return Err(Error::too_large(message).zh(format!("已保存 {MOST} 个检索，请先删去一个。")));
        }
        let query = sqlx::query(
            "insert into saved_search (name, query, sort, saved_by, saved_at_us) values ($1, $2, $3, $4, $5) \
             on conflict (name) do update set query = excluded.query, sort = excluded.sort, \
             saved_by = excluded.saved_by, saved_at_us = excluded.saved_at_us",
        );
        let query = query.bind(name).bind(search.query.trim()).bind(&search.sort).bind(&search.by);
        query.bind(now.as_microsecond()).execute(&self.pool).await.map_err(fault_of)?;
        Ok(())
    }

    /// Returns the searches that are kept, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn saved_searches(&self) -> Result<Vec<SavedSearch>> {
        let query = sqlx::query("select name, query, sort, saved_by from saved_search order by name");
        let rows = query.fetch_all(&self.pool).await.map_err(fault_of)?;
        let row = |it: &sqlx::sqlite::SqliteRow| SavedSearch {
            name: it.get(0),
            query: it.get(1),
            sort: it.get(2),
            by: it.get(3),
        };
        Ok(rows.iter().map(row).collect())
    }

    /// Forgets a search. Returns whether it was there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn forget_search(&self, name: &str) -> Result<bool> {
        let query = sqlx::query("delete from saved_search where name = $1").bind(name.trim());
        Ok(query.execute(&self.pool).await.map_err(fault_of)?.rows_affected() > 0)
    }
}
