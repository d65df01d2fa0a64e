//! A model's network with its tokenizer: texts to points.

use candle_core::{DType, Device, Error, Tensor};
use candle_transformers::models::{bert, xlm_roberta};
use tokenizers::{Encoding, Tokenizer};

use super::kept::Embed;

/// So many texts go through the model at once.
const AT_ONCE: usize = 32;
/// What a length is at least, so that nothing is divided by zero.
const SHORTEST: f64 = 1e-9;

/// What turns tokens into points.
pub enum Network {
    /// BERT and its kin.
    Bert(bert::BertModel),
    /// RoBERTa in all its languages.
    Roberta(xlm_roberta::XLMRobertaModel),
    /// A point for each token, as model2vec writes them.
    Static(Tensor),
}

/// How the points of a text's tokens become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// That of the first, which stands for the whole.
    First,
}

/// A model that is ready to be asked.
pub struct Model {
    /// Its network.
    pub network: Network,
    /// Its tokenizer.
    pub tokenizer: Tokenizer,
    /// The token that stands for all that the model does not know.
    pub unknown: Option<u32>,
    /// How tokens are pooled.
    pub pooling: Pooling,
    /// How many numbers a point has.
    pub dimensions: usize,
}

impl Model {
    /// What kind of model it is.
    pub fn kind(&self) -> &'static str {
        match self.network {
            Network::Bert(_) => "BERT",
            Network::Roberta(_) => "RoBERTa",
            Network::Static(_) => "static (model2vec)",
        }
    }

    /// How many numbers a point has.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Which tokens count, 1 or 0 for each: no padding, and of a static model nothing unknown.
    fn counted(&self, encoded: &Encoding) -> Vec<u32> {
        let mut counted = encoded.get_attention_mask().to_vec();
        if let (Network::Static(_), Some(unknown)) = (&self.network, self.unknown) {
            for (counts, token) in counted.iter_mut().zip(encoded.get_ids()) {
                if *token == unknown {
                    *counts = 0;
                }
            }
        }
        counted
    }

    fn embed_some(&self, texts: &[&str]) -> candle_core::Result<Vec<Vec<f32>>> {
        let adds_marks = !matches!(self.network, Network::Static(_));
        let encoded = self
            .tokenizer
            .encode_batch(texts.to_vec(), adds_marks)
            .map_err(|error| Error::Msg(error.to_string()))?;
        let ids = tensor(encoded.iter().map(|one| one.get_ids().to_vec()).collect())?;
        let mask = tensor(encoded.iter().map(|one| self.counted(one)).collect())?;
        let (count, tokens) = ids.dims2()?;
        if tokens == 0 {
            return Ok(vec![vec![0.0; self.dimensions]; count]);
        }
        let tokens = match &self.network {
            Network::Bert(model) => model.forward(&ids, &ids.zeros_like()?, Some(&mask))?,
            Network::Roberta(model) => {
                model.forward(&ids, &mask, &ids.zeros_like()?, None, None, None)?
            }
            Network::Static(table) => table.index_select(&ids.flatten_all()?, 0)?.reshape((
                count,
                tokens,
                self.dimensions,
            ))?,
        };
        let pooled = match self.pooling {
            Pooling::First => tokens.narrow(1, 0, 1)?.squeeze(1)?,
            Pooling::Mean => {
                let mask = mask.to_dtype(DType::F32)?.unsqueeze(2)?;
                let sum = tokens.broadcast_mul(&mask)?.sum(1)?;
                sum.broadcast_div(&mask.sum(1)?.clamp(SHORTEST, f64::MAX)?)?
            }
        };
        let length = pooled.sqr()?.sum_keepdim(1)?.sqrt()?;
        let length = length.clamp(SHORTEST, f64::MAX)?;
        pooled.broadcast_div(&length)?.to_vec2()
    }
}

impl Embed for Model {
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String> {
        let mut points = Vec::with_capacity(texts.len());
        for some in texts.chunks(AT_ONCE) {
            points.extend(self.embed_some(some).map_err(|error| error.to_string())?);
        }
        Ok(points)
    }
}

fn tensor(rows: Vec<Vec<u32>>) -> candle_core::Result<Tensor> {
    Tensor::new(rows, &Device::Cpu)
}
