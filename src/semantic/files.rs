//! Reads a model's folder, as sentence-transformers and model2vec write it: `config.json`,
//! `tokenizer.json`, `model.safetensors` or `pytorch_model.bin`, and `1_Pooling/config.json`.
//!
//! Invariant: a model that is given out has read a text.

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use candle_transformers::models::{bert, xlm_roberta};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokenizers::{PaddingParams, PaddingStrategy, Tokenizer, TruncationParams};

use super::SemanticFault;
use super::kept::Embed;
use super::model::{Model, Network, Pooling};

/// The most tokens of a text that are looked at: a question is rarely longer.
const TOKENS_MAX: usize = 128;
/// Positions that RoBERTa leaves free before the first token.
const ROBERTA_FREE_POSITIONS: usize = 2;
/// A text that every model can read.
const FIRST_TEXT: &str = "How long does delivery take?";
const ANOTHER_DOWNLOAD: &str = "download the model's folder again";

#[derive(Deserialize)]
struct Config {
    model_type: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PoolingFile {
    pooling_mode_cls_token: bool,
    pooling_mode_max_tokens: bool,
    pooling_mode_mean_sqrt_len_tokens: bool,
    pooling_mode_weightedmean_tokens: bool,
    pooling_mode_lasttoken: bool,
}

/// Reads a folder and tries the model.
pub fn load(folder: &Path) -> Result<Model, SemanticFault> {
    if !folder.is_dir() {
        let why = "is no folder: name the one that holds config.json, tokenizer.json and \
                   model.safetensors";
        return Err(fault(folder, why));
    }
    let config_file = folder.join("config.json");
    let text = read(&config_file)?;
    let config: Config = parse(&config_file, &text)?;
    let kind = config.model_type.as_deref();
    let pooling = pooling(folder)?;
    let (weights_file, weights) = weights(folder)?;
    let wrong = |error: candle_core::Error| {
        let why = format!("does not hold what config.json says ({error}): {ANOTHER_DOWNLOAD}");
        fault(&weights_file, why)
    };
    let (network, dimensions, tokens, longest) = match kind {
        Some("bert") => {
            let config: bert::Config = parse(&config_file, &text)?;
            let network = bert::BertModel::load(weights, &config).map_err(wrong)?;
            let longest = config.max_position_embeddings;
            let (dimensions, tokens) = (config.hidden_size, config.vocab_size);
            (Network::Bert(network), dimensions, tokens, longest)
        }
        Some("xlm-roberta" | "roberta") => {
            let config: xlm_roberta::Config = parse(&config_file, &text)?;
            let weights = match weights.contains_tensor("roberta.embeddings.word_embeddings.weight")
            {
                true => weights.pp("roberta"),
                false => weights,
            };
            let network = xlm_roberta::XLMRobertaModel::new(&config, weights).map_err(wrong)?;
            let longest = config
                .max_position_embeddings
                .saturating_sub(ROBERTA_FREE_POSITIONS);
            let (dimensions, tokens) = (config.hidden_size, config.vocab_size);
            (Network::Roberta(network), dimensions, tokens, longest)
        }
        Some("model2vec") => {
            let table = weights.get_unchecked_dtype("embeddings", DType::F32);
            let table = table.map_err(wrong)?;
            let (tokens, dimensions) = table.dims2().map_err(wrong)?;
            (Network::Static(table), dimensions, tokens, TOKENS_MAX)
        }
        other => {
            let why = format!(
                "model_type is {}; bert, xlm-roberta, roberta and model2vec can be read: take a \
                 model of one of these kinds",
                other.unwrap_or("not there")
            );
            return Err(fault(&config_file, why));
        }
    };
    let tokenizer = tokenizer(&folder.join("tokenizer.json"), tokens, longest)?;
    let model = Model {
        network,
        unknown: token(&tokenizer, &["[UNK]", "<unk>"]),
        tokenizer,
        pooling,
        dimensions,
    };
    match model.embed(&[FIRST_TEXT]) {
        Ok(points) if points.iter().flatten().all(|number| number.is_finite()) => Ok(model),
        Ok(_) => {
            let why = format!("gives no numbers for a text: {ANOTHER_DOWNLOAD}");
            Err(fault(&weights_file, why))
        }
        Err(error) => {
            let why = format!("does not compute ({error}): {ANOTHER_DOWNLOAD}");
            Err(fault(&weights_file, why))
        }
    }
}

fn fault(file: &Path, why: impl Into<String>) -> SemanticFault {
    SemanticFault::File {
        file: file.to_owned(),
        why: why.into(),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, SemanticFault> {
    fs::read(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => fault(file, format!("is missing: {ANOTHER_DOWNLOAD}")),
        _ => fault(file, format!("cannot be read ({error}): see to its rights")),
    })
}

fn parse<T: DeserializeOwned>(file: &Path, text: &[u8]) -> Result<T, SemanticFault> {
    serde_json::from_slice(text).map_err(|error| {
        let why = format!("does not read as such a model's ({error}): {ANOTHER_DOWNLOAD}");
        fault(file, why)
    })
}

fn tokenizer(file: &Path, tokens: usize, longest: usize) -> Result<Tokenizer, SemanticFault> {
    let wrong = |error: tokenizers::Error| {
        let why = format!("does not read as a tokenizer ({error}): {ANOTHER_DOWNLOAD}");
        fault(file, why)
    };
    let mut tokenizer = Tokenizer::from_bytes(read(file)?).map_err(wrong)?;
    let highest = tokenizer.get_vocab(true).into_values().max().unwrap_or(0);
    if highest as usize >= tokens {
        let why = format!(
            "knows {} tokens, the model only {tokens}: it is another model's; take both from one",
            highest + 1
        );
        return Err(fault(file, why));
    }
    let truncation = TruncationParams {
        max_length: TOKENS_MAX.min(longest),
        ..TruncationParams::default()
    };
    tokenizer.with_truncation(Some(truncation)).map_err(wrong)?;
    // What stands for nothing may have another number than 0.
    let mut padding = tokenizer
        .get_padding()
        .cloned()
        .unwrap_or_else(PaddingParams::default);
    if let Some(pad) = token(&tokenizer, &["[PAD]", "<pad>"]) {
        padding.pad_id = pad;
    }
    padding.strategy = PaddingStrategy::BatchLongest;
    tokenizer.with_padding(Some(padding));
    Ok(tokenizer)
}

fn token(tokenizer: &Tokenizer, names: &[&str]) -> Option<u32> {
    names.iter().find_map(|name| tokenizer.token_to_id(name))
}

fn weights(folder: &Path) -> Result<(PathBuf, VarBuilder<'static>), SemanticFault> {
    let safe = folder.join("model.safetensors");
    let pickled = folder.join("pytorch_model.bin");
    let (file, built) = if !safe.exists() && pickled.exists() {
        let built = VarBuilder::from_pth(&pickled, DType::F32, &Device::Cpu);
        (pickled, built)
    } else {
        let bytes = read(&safe)?;
        let built = VarBuilder::from_buffered_safetensors(bytes, DType::F32, &Device::Cpu);
        (safe, built)
    };
    match built {
        Ok(built) => Ok((file, built)),
        Err(error) => {
            let why = format!("is damaged ({error}): {ANOTHER_DOWNLOAD}");
            Err(fault(&file, why))
        }
    }
}

/// How tokens are pooled: by their mean where the folder does not say.
fn pooling(folder: &Path) -> Result<Pooling, SemanticFault> {
    let file = folder.join("1_Pooling/config.json");
    if !file.exists() {
        return Ok(Pooling::Mean);
    }
    let said: PoolingFile = parse(&file, &read(&file)?)?;
    if said.pooling_mode_max_tokens
        || said.pooling_mode_mean_sqrt_len_tokens
        || said.pooling_mode_weightedmean_tokens
        || said.pooling_mode_lasttoken
    {
        let why =
            "pools tokens otherwise than by their mean or the first: take a model that does so";
        return Err(fault(&file, why));
    }
    Ok(match said.pooling_mode_cls_token {
        true => Pooling::First,
        false => Pooling::Mean,
    })
}
