//! The fields of the index, and how a piece is put into them.

use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing,
    TextOptions,
};

use crate::extract::clean;
use crate::index::analyzer::{Analyzer, bigram_tokens, plain};
use crate::index::document::Document;
use crate::index::fold::fold;
use crate::index::matching::{day_number, joined};

/// The fields of the index.
pub(super) struct Fields {
    pub(super) id: Field,
    pub(super) bigrams: Field,
    pub(super) clean: Field,
    pub(super) words: Field,
    pub(super) title_bigrams: Field,
    pub(super) title_words: Field,
    pub(super) unit: Field,
    pub(super) kind: Field,
    pub(super) state: Field,
    pub(super) year: Field,
    pub(super) indicator: Field,
    pub(super) finding: Field,
    pub(super) joined: Field,
    pub(super) date: Field,
}

/// The schema with its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = SchemaBuilder::new();
    let tokens = |record| {
        TextOptions::default().set_indexing_options(TextFieldIndexing::default().set_index_option(record))
    };
    let (positions, freqs) =
        (tokens(IndexRecordOption::WithFreqsAndPositions), tokens(IndexRecordOption::WithFreqs));
    let fields = Fields {
        id: builder.add_i64_field("evidence", INDEXED | STORED | FAST),
        bigrams: builder.add_text_field("bigrams", positions.clone()),
        clean: builder.add_text_field("clean", positions),
        words: builder.add_text_field("words", freqs.clone()),
        title_bigrams: builder.add_text_field("title_bigrams", freqs.clone()),
        title_words: builder.add_text_field("title_words", freqs),
        unit: builder.add_text_field("unit", STRING | FAST),
        kind: builder.add_text_field("kind", STRING | FAST),
        state: builder.add_text_field("state", STRING | FAST),
        year: builder.add_text_field("year", STRING | FAST),
        indicator: builder.add_text_field("indicator", STRING | FAST),
        finding: builder.add_text_field("finding", STRING | FAST),
        joined: builder.add_text_field("joined", STRING),
        date: builder.add_i64_field("date", INDEXED | FAST),
    };
    (builder.build(), fields)
}

impl Fields {
    /// Makes the engine's document of a piece.
    pub(super) fn document(&self, it: &Document, analyzer: &Analyzer) -> TantivyDocument {
        let (fields, mut res) = (self, TantivyDocument::default());
        res.add_i64(fields.id, it.evidence);
        let all = || it.titles.iter().chain(&it.texts);
        let raw: Vec<_> = all().map(|it| plain(it)).collect();
        res.add_pre_tokenized_text(fields.bigrams, bigram_tokens(raw.iter()));
        res.add_pre_tokenized_text(fields.title_bigrams, bigram_tokens(raw.iter().take(it.titles.len())));
        let mut words = String::new();
        let mut cleaned = Vec::new();
        for text in all() {
            let injected = clean::pinyin_injections(text);
            if injected.is_empty() {
                words.push_str(text);
            } else {
                cleaned.push(fold(text, &injected));
                words.push_str(&without(text, &injected));
            }
            words.push('\n');
        }
        res.add_pre_tokenized_text(fields.clean, bigram_tokens(cleaned.iter()));
        res.add_pre_tokenized_text(fields.words, analyzer.word_tokens(&words));
        res.add_pre_tokenized_text(fields.title_words, analyzer.word_tokens(&it.titles.join("\n")));
        res.add_text(fields.unit, it.unit.as_deref().unwrap_or("-"));
        res.add_text(fields.kind, &it.kind);
        res.add_i64(fields.date, it.date.map_or(0, day_number));
        res.add_text(fields.year, it.date.map_or("-".into(), |it| it.year().to_string()));
        for finding in &it.findings {
            res.add_text(fields.finding, finding);
        }
        let mut keys: Vec<String> = Vec::new();
        let mut states: Vec<&str> = Vec::new();
        for (scheme, path, state) in &it.claims {
            states.push(state);
            keys.push(joined("*", state));
            let mut above = Some(path.clone());
            while let Some(path) = above {
                let indicator = format!("{scheme}|{path}");
                keys.extend([joined(&indicator, state), joined(&indicator, "*")]);
                res.add_text(fields.indicator, &indicator);
                above = path.parent();
            }
        }
        keys.sort_unstable();
        keys.dedup();
        states.sort_unstable();
        states.dedup();
        keys.iter().for_each(|it| res.add_text(fields.joined, it));
        states.iter().for_each(|it| res.add_text(fields.state, it));
        res
    }
}

fn without(text: &str, ranges: &[std::ops::Range<usize>]) -> String {
    let mut res = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        res.push_str(&text[at..range.start]);
        at = range.end;
    }
    res.push_str(&text[at..]);
    res
}
