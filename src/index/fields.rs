//! The fields of the index, and how a piece is put into them.

use std::collections::BTreeSet;
use std::ops::Range;

use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing,
    TextOptions,
};

use crate::domain::number;
use crate::extract::clean;
use crate::index::analyzer::{BIGRAMS, CHARS, WORDS};
use crate::index::document::Document;
use crate::index::fold::folded;
use crate::index::matching::{day_number, joined};
use crate::index::query;

/// The fields of the index.
pub(super) struct Fields {
    pub(super) id: Field,
    /// Bigrams of the texts; of all that names a piece; of what was recognised in pictures; of both without pinyin.
    pub(super) body: Field,
    pub(super) head: Field,
    pub(super) ocr: Field,
    pub(super) clean: Field,
    /// Single characters of all of these, each once.
    pub(super) chars: Field,
    /// Words of texts and names; of what names a piece; of what was recognised in pictures.
    pub(super) words: Field,
    pub(super) head_words: Field,
    pub(super) ocr_words: Field,
    /// Bigrams of single fields that can be asked for by name.
    pub(super) title: Field,
    pub(super) number: Field,
    pub(super) name: Field,
    pub(super) caption: Field,
    pub(super) source: Field,
    pub(super) photographer: Field,
    pub(super) paper: Field,
    /// Document numbers, each as one token in its normal form.
    pub(super) numbered: Field,
    pub(super) unit: Field,
    pub(super) kind: Field,
    pub(super) state: Field,
    pub(super) year: Field,
    pub(super) indicator: Field,
    pub(super) finding: Field,
    pub(super) format: Field,
    /// Tags as written, to be told; and folded, to be found.
    pub(super) tag: Field,
    pub(super) tagged: Field,
    pub(super) joined: Field,
    pub(super) date: Field,
    pub(super) bytes: Field,
}

/// The schema with its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = SchemaBuilder::new();
    let tokens = |tokenizer, record| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record);
        TextOptions::default().set_indexing_options(indexing)
    };
    let bigrams = tokens(BIGRAMS, IndexRecordOption::WithFreqsAndPositions);
    let words = tokens(WORDS, IndexRecordOption::WithFreqs);
    let chars = TextFieldIndexing::default().set_tokenizer(CHARS).set_fieldnorms(false);
    let chars = chars.set_index_option(IndexRecordOption::Basic);
    let chars = TextOptions::default().set_indexing_options(chars);
    let fields = Fields {
        id: builder.add_i64_field("evidence", INDEXED | STORED | FAST),
        body: builder.add_text_field("body", bigrams.clone()),
        head: builder.add_text_field("head", bigrams.clone()),
        ocr: builder.add_text_field("ocr", bigrams.clone()),
        clean: builder.add_text_field("clean", bigrams.clone()),
        chars: builder.add_text_field("chars", chars),
        words: builder.add_text_field("words", words.clone()),
        head_words: builder.add_text_field("head_words", words.clone()),
        ocr_words: builder.add_text_field("ocr_words", words),
        title: builder.add_text_field("title", bigrams.clone()),
        number: builder.add_text_field("number", bigrams.clone()),
        name: builder.add_text_field("name", bigrams.clone()),
        caption: builder.add_text_field("caption", bigrams.clone()),
        source: builder.add_text_field("source", bigrams.clone()),
        photographer: builder.add_text_field("photographer", bigrams.clone()),
        paper: builder.add_text_field("paper", bigrams),
        numbered: builder.add_text_field("numbered", STRING),
        unit: builder.add_text_field("unit", STRING | FAST),
        kind: builder.add_text_field("kind", STRING | FAST),
        state: builder.add_text_field("state", STRING | FAST),
        year: builder.add_text_field("year", STRING | FAST),
        indicator: builder.add_text_field("indicator", STRING | FAST),
        finding: builder.add_text_field("finding", STRING | FAST),
        format: builder.add_text_field("format", STRING | FAST),
        tag: builder.add_text_field("tag", STRING | FAST),
        tagged: builder.add_text_field("tagged", STRING),
        joined: builder.add_text_field("joined", STRING),
        date: builder.add_i64_field("date", INDEXED | FAST),
        bytes: builder.add_u64_field("bytes", INDEXED | FAST),
    };
    (builder.build(), fields)
}

impl Fields {
    /// Returns the field that a filter on text looks in; none for filters on anything else.
    pub(super) fn of(&self, field: query::Field) -> Option<Field> {
        Some(match field {
            query::Field::Title => self.title,
            query::Field::Number => self.number,
            query::Field::FileName => self.name,
            query::Field::Body => self.body,
            query::Field::Caption => self.caption,
            query::Field::Source => self.source,
            query::Field::Photographer => self.photographer,
            query::Field::Paper => self.paper,
            _ => return None,
        })
    }

    /// Makes the engine's document of a piece.
    pub(super) fn document(&self, it: &Document) -> TantivyDocument {
        let mut res = TantivyDocument::default();
        res.add_i64(self.id, it.evidence);
        self.add_texts(it, &mut res);
        for written in &it.numbers {
            res.add_text(self.numbered, number::normalise(written).unwrap_or_else(|| written.clone()));
        }
        res.add_text(self.unit, it.unit.as_deref().unwrap_or("-"));
        res.add_text(self.kind, &it.kind);
        res.add_i64(self.date, it.date.map_or(0, day_number));
        res.add_u64(self.bytes, it.bytes);
        res.add_text(self.year, it.date.map_or("-".into(), |it| it.year().to_string()));
        it.formats.iter().for_each(|format| res.add_text(self.format, format));
        it.findings.iter().for_each(|finding| res.add_text(self.finding, finding));
        for tag in &it.tags {
            res.add_text(self.tag, tag);
            res.add_text(self.tagged, folded(tag));
        }
        self.add_claims(it, &mut res);
        res
    }

    fn add_texts(&self, it: &Document, res: &mut TantivyDocument) {
        let single = [
            (self.title, &it.titles),
            (self.number, &it.numbers),
            (self.name, &it.names),
            (self.caption, &it.captions),
            (self.source, &it.sources),
            (self.photographer, &it.photographers),
            (self.paper, &it.papers),
        ];
        for (field, texts) in single {
            texts.iter().for_each(|text| res.add_text(field, text));
        }
        for text in it.head() {
            res.add_text(self.head, text);
            res.add_text(self.chars, text);
            self.add_read(text, &[self.words, self.head_words], res);
        }
        for text in &it.texts {
            res.add_text(self.body, text);
            res.add_text(self.chars, text);
            self.add_read(text, &[self.words], res);
        }
        for text in &it.recognised {
            res.add_text(self.ocr, text);
            res.add_text(self.chars, text);
            self.add_read(text, &[self.ocr_words], res);
        }
    }

    /// Adds a text to fields of words; where pinyin was injected, without it, and once more to be found without it.
    fn add_read(&self, text: &str, words: &[Field], res: &mut TantivyDocument) {
        let injected = clean::pinyin_injections(text);
        if injected.is_empty() {
            words.iter().for_each(|field| res.add_text(*field, text));
        } else {
            let cleaned = without(text, &injected);
            res.add_text(self.clean, &cleaned);
            words.iter().for_each(|field| res.add_text(*field, &cleaned));
        }
    }

    fn add_claims(&self, it: &Document, res: &mut TantivyDocument) {
        let mut keys: Vec<String> = Vec::new();
        let mut states: Vec<&str> = Vec::new();
        // Of two claims below one indicator it is counted once.
        let mut indicators: BTreeSet<String> = BTreeSet::new();
        for (scheme, path, state) in &it.claims {
            states.push(state);
            keys.push(joined("*", state));
            let mut above = Some(path.clone());
            while let Some(path) = above {
                let indicator = format!("{scheme}|{path}");
                keys.extend([joined(&indicator, state), joined(&indicator, "*")]);
                indicators.insert(indicator);
                above = path.parent();
            }
        }
        keys.sort_unstable();
        keys.dedup();
        indicators.iter().for_each(|it| res.add_text(self.indicator, it));
        states.sort_unstable();
        states.dedup();
        keys.iter().for_each(|it| res.add_text(self.joined, it));
        states.iter().for_each(|it| res.add_text(self.state, it));
    }
}

fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let mut res = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        res.push_str(&text[at..range.start]);
        at = range.end;
    }
    res.push_str(&text[at..]);
    res
}
