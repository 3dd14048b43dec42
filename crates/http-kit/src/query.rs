//! The query string, pair by pair. What is unknown, repeated or not UTF-8 is a 400 that names the parameter: a filter
//! with a typing error must not answer as if there were no filter.

use crate::{api_error::ApiError, percent};

/// The parameters of a request.
#[derive(Debug)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The value of `name`, decoded.
    pub fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// Reads a query string that may hold the parameters `known`.
    ///
    /// # Errors
    /// 400, which names the parameter.
    pub fn read(query: &str, known: &[&str]) -> Result<Self, ApiError> {
        let mut pairs = Self(Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok_or_else(|| {
                ApiError::parameter(name, "has a name that is not UTF-8, percent-encoded")
            })?;
            if !known.contains(&name.as_str()) {
                let must = match known {
                    [] => "is not known: there are none here".to_owned(),
                    known => format!("is not known: there are {}", known.join(", ")),
                };
                return Err(ApiError::parameter(&name, must));
            }
            if pairs.get(&name).is_some() {
                return Err(ApiError::parameter(&name, "is given twice"));
            }
            let value = decode(value)
                .ok_or_else(|| ApiError::parameter(&name, "must be UTF-8, percent-encoded"))?;
            pairs.0.push((name, value));
        }
        Ok(pairs)
    }

    /// The parameters of a route that has none.
    ///
    /// # Errors
    /// 400, which names the parameter.
    pub fn none(query: &str) -> Result<(), ApiError> {
        Self::read(query, &[]).map(drop)
    }
}

/// Undoes `application/x-www-form-urlencoded`, in which a bare `+` is a space.
fn decode(text: &str) -> Option<String> {
    percent::decode(&text.replace('+', " ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_without_parameters_takes_none() {
        assert!(Parameters::none("").is_ok() && Parameters::none("&").is_ok());
        let refused = Parameters::none("limit=5").unwrap_err().to_string();
        assert!(refused.contains("\"limit\""), "{refused}");
    }
}
