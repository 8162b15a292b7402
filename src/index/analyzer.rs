//! Analysis: the two kinds of token every text is indexed as.
//!
//! Bigrams of folded characters with their places and a sentinel at the end find any substring; words (traditional
//! turned simplified, jieba, folded) only rank.

use std::sync::LazyLock;

use jieba_rs::Jieba;
use sha2::{Digest as _, Sha256};
use tantivy::tokenizer::{PreTokenizedString, Token};

use crate::index::fold::{Folded, fold, folded};

/// The version of the analysis; an index of another one is made again.
pub const VERSION: u32 = 1;

/// Ends every text, so that its last character too begins a bigram.
pub const SENTINEL: char = '\u{3}';

/// The analysis with the words of one archive: names of units and indicators.
pub struct Analyzer {
    jieba: Jieba,
    dictionary: String,
}

static PLAIN: LazyLock<Jieba> = LazyLock::new(Jieba::new);

impl Analyzer {
    /// Makes the analysis with some more words.
    pub fn new(words: &[String]) -> Self {
        let mut jieba = PLAIN.clone();
        let mut hasher = Sha256::new();
        for word in words.iter().filter(|it| (2..=20).contains(&it.chars().count())) {
            jieba.add_word(&fast2s::convert(word), Some(20_000), None);
            hasher.update(word.as_bytes());
            hasher.update([0]);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let dictionary =
            format!("{VERSION}-{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3]);
        Self { jieba, dictionary }
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

    /// Returns the words of a text as tokens.
    pub fn word_tokens(&self, text: &str) -> PreTokenizedString {
        tokens(self.words(text).into_iter().enumerate())
    }
}

/// Returns the bigrams of folded characters.
pub fn bigrams(chars: &[char]) -> impl Iterator<Item = String> + '_ {
    let next = chars.iter().copied().skip(1).chain([SENTINEL]);
    chars.iter().copied().zip(next).map(|(a, b)| [a, b].iter().collect())
}

/// Returns the bigrams of several texts as tokens; texts are set apart so that no phrase runs from one to the next.
pub fn bigram_tokens<'a>(texts: impl Iterator<Item = &'a Folded>) -> PreTokenizedString {
    let mut next = 0;
    let placed = texts.flat_map(|text| {
        let at = next;
        next += text.chars.len() + 2;
        bigrams(&text.chars).enumerate().map(move |(n, it)| (at + n, it))
    });
    tokens(placed)
}

fn tokens(texts: impl Iterator<Item = (usize, String)>) -> PreTokenizedString {
    let token = |(position, text)| Token { offset_from: 0, offset_to: 0, position, text, position_length: 1 };
    PreTokenizedString { text: String::new(), tokens: texts.map(token).collect() }
}

/// Folds a text as typed.
pub fn plain(text: &str) -> Folded {
    fold(text, &[])
}
