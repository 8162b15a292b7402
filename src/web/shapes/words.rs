//! The words of the domain within the description of the API: their own derived schemas say what they hold, and the
//! shapes only point to them by name.

use std::borrow::Cow;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::duty::{DutyKey, DutyStanding, State};
use crate::domain::evidence::{DateKind, Dated, Evidence};
use crate::domain::finding::{Code, Severity};
use crate::domain::id::{
    Digest, EntryId, EvidenceId, IndicatorPath, KindCode, RequirementId, SchemeId, SubmissionId, UnitId,
};
use crate::domain::reading::Facts;
use crate::domain::scheme::{Measure, Scheme};
use crate::domain::submission::{Filing, Receipt, SentBack, Submission};
use crate::domain::tag::Tag;
use crate::domain::unit::Unit;
use crate::dossier::manifest::Withheld;

/// Where the description of an API keeps what it points to.
const PLACE: &str = "/components/schemas";

macro_rules! words {
    ($($word:ty),* $(,)?) => {
        $(
            impl PartialSchema for $word {
                /// Only holds the place: [`definitions`] are put there.
                fn schema() -> RefOr<Schema> {
                    Schema::default().into()
                }
            }

            impl ToSchema for $word {
                fn name() -> Cow<'static, str> {
                    <$word as JsonSchema>::schema_name()
                }
            }
        )*

        /// Returns the schemas of the words and of all they are made of, by name.
        pub(in crate::web) fn definitions() -> Map<String, Value> {
            let settings =
                SchemaSettings::draft2020_12().for_serialize().with(|it| it.definitions_path = PLACE.into());
            let mut generator = settings.into_generator();
            $(generator.subschema_for::<$word>();)*
            generator.take_definitions(true)
        }
    };
}

words!(
    Code,
    DateKind,
    Dated,
    Digest,
    DutyKey,
    DutyStanding,
    EntryId,
    Evidence,
    EvidenceId,
    Facts,
    Filing,
    IndicatorPath,
    KindCode,
    Measure,
    Receipt,
    RequirementId,
    Scheme,
    SchemeId,
    SentBack,
    Severity,
    State,
    Submission,
    SubmissionId,
    Tag,
    Unit,
    UnitId,
    Withheld,
);
