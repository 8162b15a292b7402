//! Analysis: the kinds of token every text is indexed as.
//!
//! Bigrams of folded characters with their places and a sentinel at the end find any substring, single characters what
//! is no longer than one; words (traditional turned simplified, jieba, folded) only rank.

use std::sync::{Arc, LazyLock};

use jieba_rs::Jieba;
use sha2::{Digest as _, Sha256};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::index::fold::{Folded, fold, folded, folded_chars};

/// The version of the analysis; an index of another one is made again.
pub const VERSION: u32 = 2;

/// Ends every text, so that its last character too begins a bigram.
pub const SENTINEL: char = '\u{3}';

/// The analysis with the words of one archive: names of units and indicators.
#[derive(Clone)]
pub struct Analyzer {
    jieba: Arc<Jieba>,
    dictionary: String,
}

static PLAIN: LazyLock<Jieba> = LazyLock::new(Jieba::new);

impl Analyzer {
    /// Makes the analysis with some more words.
    pub fn new(words: &[String]) -> Self {
        let mut jieba = PLAIN.clone();
        for word in known(words) {
            jieba.add_word(&fast2s::convert(word), Some(20_000), None);
        }
        Self { jieba: Arc::new(jieba), dictionary: dictionary(words) }
    }

    /// Returns the name of analysis and dictionary, kept with the index.
    pub fn dictionary(&self) -> &str {
        &self.dictionary
    }

    /// Returns the words of a text, folded.
    pub fn words(&self, text: &str) -> Vec<String> {
        let simple = fast2s::convert(text);
        let cut = self.jieba.cut(&simple, false);
        cut.into_iter().map(|it| folded(it.word)).filter(|it| !it.is_empty()).collect()
    }

    /// Lets an index make its tokens by itself: [`BIGRAMS`], [`CHARS`] and [`WORDS`].
    pub fn register(&self, index: &tantivy::Index) {
        index.tokenizers().register(BIGRAMS, Bigrams);
        index.tokenizers().register(CHARS, Chars);
        index.tokenizers().register(WORDS, Words(self.clone()));
    }
}

/// The words that are taken into the dictionary.
fn known(words: &[String]) -> impl Iterator<Item = &String> {
    words.iter().filter(|it| (2..=20).contains(&it.chars().count()))
}

/// Returns the name of this analysis with some more words.
pub(super) fn dictionary(words: &[String]) -> String {
    let mut hasher = Sha256::new();
    for word in known(words) {
        hasher.update(word.as_bytes());
        hasher.update([0]);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    format!("{VERSION}-{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])
}

/// Returns the bigrams of folded characters.
pub fn bigrams(chars: &[char]) -> impl Iterator<Item = String> + '_ {
    let next = chars.iter().copied().skip(1).chain([SENTINEL]);
    chars.iter().copied().zip(next).map(|(a, b)| [a, b].iter().collect())
}

/// The tokenizer of fields that find.
pub(super) const BIGRAMS: &str = "bigrams";

/// The tokenizer of the field that finds single characters.
pub(super) const CHARS: &str = "chars";

/// The tokenizer of fields that rank.
pub(super) const WORDS: &str = "words";

/// Makes bigrams while the engine writes, so that what waits to be written is text and not the many tokens of it.
#[derive(Clone)]
struct Bigrams;

/// Makes single characters, each once, likewise.
#[derive(Clone)]
struct Chars;

/// Makes words, likewise.
#[derive(Clone)]
struct Words(Analyzer);

impl Tokenizer for Bigrams {
    type TokenStream<'a> = Pairs;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Pairs {
        Pairs { chars: folded_chars(text), next: 0, token: Token::default() }
    }
}

impl Tokenizer for Chars {
    type TokenStream<'a> = Row;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Row {
        let mut chars = folded_chars(text);
        chars.sort_unstable();
        chars.dedup();
        let chars: Vec<String> = chars.into_iter().map(String::from).collect();
        Row { words: chars.into_iter(), next: 0, token: Token::default() }
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = Row;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Row {
        Row { words: self.0.words(text).into_iter(), next: 0, token: Token::default() }
    }
}

/// The bigrams of one text, each at the place of its first character; the last one ends with the sentinel.
struct Pairs {
    chars: Vec<char>,
    next: usize,
    token: Token,
}

/// The words of one text, or its characters.
struct Row {
    words: std::vec::IntoIter<String>,
    next: usize,
    token: Token,
}

impl TokenStream for Pairs {
    fn advance(&mut self) -> bool {
        let Some(first) = self.chars.get(self.next) else { return false };
        let second = self.chars.get(self.next + 1).unwrap_or(&SENTINEL);
        self.token.text.clear();
        self.token.text.extend([first, second]);
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

impl TokenStream for Row {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token.text = word;
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Folds a text as typed.
pub fn plain(text: &str) -> Folded {
    fold(text, &[])
}
