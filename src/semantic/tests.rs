use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use candle_core::{DType, Device, Tensor};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::kept::Embed;
use super::model::Model;
use super::{files, load};

/// The words that the made models know, each a token.
const WORDS: [&str; 12] = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "sofa", "couch", "settee", "parcel", "package", "late",
    "how", "?",
];
const DIMENSIONS: usize = 32;

/// A tokenizer of whole words, as a tokenizer.json.
fn tokenizer(words: &[&str], marks: bool) -> Value {
    let numbered = words.iter().enumerate();
    let vocab: HashMap<&str, usize> = numbered.map(|(number, word)| (*word, number)).collect();
    let piece = |id: &str| json!({"SpecialToken": {"id": id, "type_id": 0}});
    let mark = |id: &str, number: u32| json!({"id": id, "ids": [number], "tokens": [id]});
    let post_processor = json!({
        "type": "TemplateProcessing",
        "single": [piece("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, piece("[SEP]")],
        "pair": [piece("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {"[CLS]": mark("[CLS]", 2), "[SEP]": mark("[SEP]", 3)},
    });
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": if marks { post_processor } else { Value::Null },
        "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocab, "unk_token": "[UNK]"},
    })
}

/// Numbers that look random and are the same in every run, within ±`most`.
fn numbers(shape: &[usize], most: f32, seed: u64) -> Tensor {
    let mut chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let count: usize = shape.iter().product();
    let next = |_| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        ((chance >> 40) as f32 / (1u64 << 24) as f32 * 2.0 - 1.0) * most
    };
    let all: Vec<f32> = (0..count).map(next).collect();
    Tensor::from_vec(all, shape, &Device::Cpu).unwrap()
}

fn write(folder: &Path, name: &str, value: &Value) {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, value.to_string()).unwrap();
}

/// A BERT of one layer with random weights.
fn bert() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = json!({
        "model_type": "bert", "vocab_size": WORDS.len(), "hidden_size": DIMENSIONS,
        "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64,
        "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "max_position_embeddings": 16,
        "type_vocab_size": 2, "initializer_range": 0.02, "layer_norm_eps": 1e-12,
        "pad_token_id": 0, "position_embedding_type": "absolute",
    });
    write(folder.path(), "config.json", &config);
    write(folder.path(), "tokenizer.json", &tokenizer(&WORDS, true));
    let mut tensors: HashMap<String, Tensor> = HashMap::new();
    let mut seed = 0;
    let mut put = |name: &str, shape: &[usize]| {
        seed += 1;
        tensors.insert(name.to_owned(), numbers(shape, 0.5, seed));
    };
    put(
        "embeddings.word_embeddings.weight",
        &[WORDS.len(), DIMENSIONS],
    );
    put("embeddings.position_embeddings.weight", &[16, DIMENSIONS]);
    put("embeddings.token_type_embeddings.weight", &[2, DIMENSIONS]);
    let layer = "encoder.layer.0";
    for (name, out, into) in [
        ("attention.self.query", DIMENSIONS, DIMENSIONS),
        ("attention.self.key", DIMENSIONS, DIMENSIONS),
        ("attention.self.value", DIMENSIONS, DIMENSIONS),
        ("attention.output.dense", DIMENSIONS, DIMENSIONS),
        ("intermediate.dense", 64, DIMENSIONS),
        ("output.dense", DIMENSIONS, 64),
    ] {
        put(&format!("{layer}.{name}.weight"), &[out, into]);
        put(&format!("{layer}.{name}.bias"), &[out]);
    }
    for name in [
        "embeddings.LayerNorm".to_owned(),
        format!("{layer}.attention.output.LayerNorm"),
        format!("{layer}.output.LayerNorm"),
    ] {
        put(&format!("{name}.weight"), &[DIMENSIONS]);
        put(&format!("{name}.bias"), &[DIMENSIONS]);
    }
    candle_core::safetensors::save(&tensors, folder.path().join("model.safetensors")).unwrap();
    folder
}

/// A static model in which parcel and package are one, and a couch or a settee is a sofa.
fn made_static() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "config.json",
        &json!({"model_type": "model2vec", "normalize": true}),
    );
    write(folder.path(), "tokenizer.json", &tokenizer(&WORDS, false));
    let along = |word: &str| match word {
        "sofa" | "couch" | "settee" => 1,
        "parcel" | "package" => 2,
        "late" => 3,
        "how" | "?" => 4,
        _ => 5,
    };
    let rows = WORDS.iter().flat_map(|word| {
        let along = along(word);
        (0..8).map(move |place| if place == along { 1.0f32 } else { 0.0 })
    });
    let rows: Vec<f32> = rows.collect();
    let table = Tensor::from_vec(rows, (WORDS.len(), 8), &Device::Cpu).unwrap();
    let tensors = HashMap::from([("embeddings".to_owned(), table)]);
    candle_core::safetensors::save(&tensors, folder.path().join("model.safetensors")).unwrap();
    folder
}

fn point(model: &Model, text: &str) -> Vec<f32> {
    model.embed(&[text]).unwrap().remove(0)
}

fn apart(left: &[f32], right: &[f32]) -> f32 {
    let apart = left
        .iter()
        .zip(right)
        .map(|(left, right)| (left - right).abs());
    apart.fold(0.0, f32::max)
}

#[test]
fn a_text_has_one_point_of_length_one_alone_or_among_others() {
    for (folder, dimensions) in [(bert(), DIMENSIONS), (made_static(), 8)] {
        let model = files::load(folder.path()).unwrap();
        assert_eq!(model.dimensions(), dimensions);
        let texts = [
            "sofa",
            "how late parcel settee couch sofa ?",
            "couch settee",
        ];
        // The short ones are padded to the length of the long one.
        let together = model.embed(&texts).unwrap();
        for (text, in_batch) in texts.iter().zip(&together) {
            let alone = point(&model, text);
            assert_eq!(alone, point(&model, text));
            assert!(apart(&alone, in_batch) < 1e-5, "{text}");
            let length: f32 = alone.iter().map(|one| one * one).sum();
            assert!((length - 1.0).abs() < 1e-5, "{text}: {length}");
        }
        assert!(apart(&together[0], &together[1]) > 0.01);
        // Longer than the model has positions for.
        let long = "sofa ".repeat(500);
        assert_eq!(point(&model, &long).len(), dimensions);
    }
}

#[test]
fn the_order_of_words_counts_for_bert_and_what_is_unknown_does_not_for_a_static_model() {
    let folder = bert();
    let model = files::load(folder.path()).unwrap();
    let turned = apart(&point(&model, "couch late"), &point(&model, "late couch"));
    assert!(turned > 1e-3, "{turned}");
    let folder = made_static();
    let model = files::load(folder.path()).unwrap();
    let with_unknown = apart(&point(&model, "sofa zzz"), &point(&model, "couch"));
    assert!(with_unknown < 1e-6, "{with_unknown}");
    assert!(point(&model, "zzz").iter().all(|one| *one == 0.0));
}

#[test]
fn tokens_are_pooled_as_the_folder_says() {
    let folder = bert();
    let mean = files::load(folder.path()).unwrap();
    let pooling = "1_Pooling/config.json";
    write(
        folder.path(),
        pooling,
        &json!({"pooling_mode_cls_token": true}),
    );
    let first = files::load(folder.path()).unwrap();
    assert!(apart(&point(&mean, "sofa late"), &point(&first, "sofa late")) > 1e-3);
    write(
        folder.path(),
        pooling,
        &json!({"pooling_mode_max_tokens": true}),
    );
    check(&folder, &[pooling, "their mean"], "pooled by the maximum");
}

/// That the folder is refused with a message that holds all of these.
fn check(folder: &TempDir, says: &[&str], what: &str) {
    let Err(fault) = load(folder.path()) else {
        panic!("{what}: it was loaded");
    };
    let said = fault.to_string();
    for words in says {
        assert!(said.contains(words), "{what}: {said}");
    }
    assert!(said.contains(folder.path().to_str().unwrap()), "{said}");
}

#[test]
fn every_fault_of_a_folder_is_told_with_its_file_and_what_to_do() {
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        let folder = bert();
        std::fs::remove_file(folder.path().join(file)).unwrap();
        check(&folder, &[file, "is missing", "download"], "missing");
        let folder = bert();
        std::fs::write(folder.path().join(file), "{no").unwrap();
        check(&folder, &[file, "download"], "not what it should be");
    }
    let folder = bert();
    write(folder.path(), "config.json", &json!({"model_type": "t5"}));
    check(
        &folder,
        &["config.json", "t5", "can be read"],
        "another kind",
    );

    // Half of the weights, as after a download that broke off.
    let folder = bert();
    let weights = folder.path().join("model.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() / 2]).unwrap();
    check(&folder, &["model.safetensors", "is damaged"], "half");

    // Another model's weights.
    let other = made_static();
    std::fs::copy(other.path().join("model.safetensors"), &weights).unwrap();
    check(
        &folder,
        &["model.safetensors", "config.json"],
        "other weights",
    );

    let folder = bert();
    let mut words: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    words.push("more".to_owned());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    write(folder.path(), "tokenizer.json", &tokenizer(&words, true));
    check(
        &folder,
        &["tokenizer.json", "13 tokens", "another model's"],
        "other tokenizer",
    );

    let folder = made_static();
    let table = Tensor::full(f32::NAN, (WORDS.len(), 8), &Device::Cpu).unwrap();
    let tensors = HashMap::from([("embeddings".to_owned(), table.to_dtype(DType::F32).unwrap())]);
    candle_core::safetensors::save(&tensors, folder.path().join("model.safetensors")).unwrap();
    check(
        &folder,
        &["model.safetensors", "no numbers"],
        "not a number",
    );

    let folder = bert();
    let nowhere = folder.path().join("nowhere");
    let said = load(&nowhere).err().unwrap().to_string();
    assert!(said.contains("nowhere: is no folder"), "{said}");
}

mod in_a_base {
    use super::*;
    use crate::domain::knowledge::made::english as entry;
    use crate::domain::knowledge::{Change, ChangeKind, Decision, KnowledgeIndex};
    use crate::domain::lang::Lang;
    use crate::domain::preference::HumanPreference;

    #[test]
    fn a_paraphrase_without_a_shared_word_is_found_by_its_meaning() {
        let folder = made_static();
        let semantic = load(folder.path()).unwrap();
        assert!(semantic.name().contains("model2vec"), "{}", semantic.name());
        let base = [
            entry("furniture", &["sofa", "sofa late"]),
            entry("shipment", &["parcel", "parcel late"]),
        ];
        let with = KnowledgeIndex::build(&base).with_sense(Some(Arc::clone(&semantic)));
        let without = KnowledgeIndex::build(&base);
        let asked = |index: &KnowledgeIndex| {
            index.decide(
                "couch settee",
                Some(Lang::En),
                HumanPreference::HumanIfUnsure,
            )
        };
        assert!(
            asked(&without).candidates.is_empty(),
            "{:?}",
            asked(&without)
        );
        let verdict = asked(&with);
        let first = &verdict.candidates[0];
        assert_eq!(first.key.as_str(), "furniture", "{verdict:?}");
        assert!(
            first.because.contains("near in meaning to “sofa”"),
            "{first:?}"
        );
        assert_ne!(verdict.decision, Decision::Handoff, "{verdict:?}");

        // An edit is read too, and what it takes out means nothing any more.
        let change = |kind, entry| Change { kind, entry };
        let edited = with.with(&[
            change(ChangeKind::Retired, base[0].clone()),
            change(ChangeKind::New, entry("lateness", &["late"])),
            change(ChangeKind::Changed, entry("shipment", &["couch", "parcel"])),
        ]);
        assert_eq!(asked(&edited).candidates[0].key.as_str(), "shipment");
        let keys = asked(&edited).candidates.into_iter().map(|one| one.key);
        assert!(!keys.into_iter().any(|key| key.as_str() == "furniture"));
    }
}
