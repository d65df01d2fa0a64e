//! A small static embedding model, as a folder that the program reads: each group of words means
//! one thing.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

/// Tokens that every model has before its words.
const MARKS: [&str; 2] = ["[PAD]", "[UNK]"];

/// A model2vec folder in which the words of a group have one point.
pub fn static_model(groups: &[&[&str]]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let dimensions = groups.len() + 1;
    let mut words: Vec<(&str, usize)> = MARKS.map(|mark| (mark, groups.len())).to_vec();
    for (number, group) in groups.iter().enumerate() {
        words.extend(group.iter().map(|word| (*word, number)));
    }
    let numbered = words.iter().enumerate();
    let vocabulary: BTreeMap<&str, usize> = numbered
        .map(|(number, (word, _))| (*word, number))
        .collect();
    let file = |name: &str, bytes: &[u8]| write(folder.path(), name, bytes);
    let config = json!({"model_type": "model2vec", "normalize": true});
    file("config.json", config.to_string().as_bytes());
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    });
    file("tokenizer.json", tokenizer.to_string().as_bytes());
    let row = |along: usize| (0..dimensions).map(move |place| f32::from(u8::from(place == along)));
    let rows = words.iter().flat_map(|(_, along)| row(*along));
    let table: Vec<u8> = rows.flat_map(f32::to_le_bytes).collect();
    let head = json!({"embeddings": {
        "dtype": "F32", "shape": [words.len(), dimensions], "data_offsets": [0, table.len()],
    }});
    let head = head.to_string();
    let length = (head.len() as u64).to_le_bytes();
    let weights = [length.as_slice(), head.as_bytes(), &table].concat();
    file("model.safetensors", &weights);
    folder
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).expect("the model is written");
}
