//! The matrix: units down, indicators of one level across, a sum in each cell.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::completeness::{self, Completeness, MatrixRow, Sum};
use crate::domain::duty::State;
use crate::domain::id::{IndicatorPath, SchemeId, UnitId};
use crate::ledger::fold::Fold;

/// How a scheme stands, unit by indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Matrix {
    /// The scheme.
    pub scheme: SchemeId,
    /// The day it is of.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// The depth of the columns in the tree; 1 is the root level.
    pub level: usize,
    /// The indicator whose children the columns are, where one was asked for.
    pub below: Option<IndicatorPath>,
    /// The columns.
    pub columns: Vec<Column>,
    /// A row for each unit that owes, those with the largest gap first.
    pub rows: Vec<Row>,
    /// The sums of the columns.
    pub bottom: Vec<Cell>,
    /// The sum of it all.
    pub total: Cell,
}

/// An indicator at the head of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MatrixColumn)]
pub struct Column {
    /// Its path.
    pub path: IndicatorPath,
    /// Its code from the root down, as printed.
    pub code: String,
    /// Its title.
    pub title: String,
}

/// What a unit owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MatrixRow)]
pub struct Row {
    /// The unit.
    pub unit: UnitId,
    /// Its name for tables.
    pub unit_name: String,
    /// A cell for each column.
    pub cells: Vec<Cell>,
    /// Their sum.
    pub total: Cell,
}

/// A sum over duties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MatrixCell)]
pub struct Cell {
    /// The one state that stands for all; none where there is no duty.
    pub state: Option<State>,
    /// Accepted, at most what each duty asks.
    pub accepted: u64,
    /// Pending, at most what each duty lacks.
    pub pending: u64,
    /// Owed.
    pub need: u64,
    /// How many duties are owed.
    pub owed: u32,
    /// How many of them are open.
    pub open: u32,
    /// How many duties are in each state that occurs.
    #[schema(value_type = BTreeMap<String, u32>)]
    pub states: BTreeMap<State, u32>,
}

impl From<&Sum> for Cell {
    fn from(it: &Sum) -> Self {
        let states = State::ALL.into_iter().map(|state| (state, it.n(state))).filter(|it| it.1 > 0);
        Self {
            state: it.state(),
            accepted: it.accepted,
            pending: it.pending,
            need: it.need,
            owed: it.owed(),
            open: it.open(),
            states: states.collect(),
        }
    }
}

impl Matrix {
    /// Lays the matrix out at a depth of the tree, below one indicator or for all.
    pub fn of(fold: &Fold, all: &Completeness, level: usize, below: Option<IndicatorPath>) -> Self {
        let completeness::Matrix { columns, rows, bottom, total } = all.matrix(level, below.as_ref());
        let column = |path: IndicatorPath| Column {
            code: all.scheme.full_code(&path),
            title: all.scheme.indicator(&path).map(|it| it.title.clone()).unwrap_or_default(),
            path,
        };
        let row = |it: MatrixRow| Row {
            unit_name: fold.units.label(&it.unit).to_owned(),
            cells: it.cells.iter().map(Cell::from).collect(),
            total: Cell::from(&it.total),
            unit: it.unit,
        };
        Self {
            scheme: all.scheme.id.clone(),
            as_of: all.as_of,
            level,
            below,
            columns: columns.into_iter().map(column).collect(),
            rows: rows.into_iter().map(row).collect(),
            bottom: bottom.iter().map(Cell::from).collect(),
            total: Cell::from(&total),
        }
    }
}
